/** When something went wrong: what it was and what to do. */
export const TROUBLE = {
  notFound: {
    title: "There is no such page",
    text: "The address may be mistyped, or what it showed has been deleted.",
    action: "Go to the zones",
  },
  broken: {
    title: "This page broke",
    text: "That is a fault of the dashboard, not of your zones: they are served as before. If Countersign was updated just now, load the page again.",
    reload: "Load again",
    again: "Try again",
  },
  unreachable: {
    title: "Countersign does not answer",
    text: "Zones may still be served: DNS runs beside this page. Is the server running, and is there a network?",
    again: "Try again",
  },
  failed: "That did not work",
  again: "Try again",
  request: (id: string) => `Request ${id}`,
  field: (pointer: string) => `Field ${pointer.replace(/^\//, "")}`,
  code: (reason: string) => `Code ${reason}`,
} as const;
