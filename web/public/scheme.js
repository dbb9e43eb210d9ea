// Before the first paint: light or dark as was chosen here, else as the system has it. Runs apart from the bundle so that nothing flashes.
(() => {
  let chosen = "auto";
  try {
    chosen = localStorage.getItem("countersign-scheme") ?? "auto";
  } catch (error) {
    console.info("No storage here: the system's colours are used.", error);
  }
  const dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
