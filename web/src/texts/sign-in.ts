/** Signing in, and the very first time. */
export const SIGN_IN = {
  title: "Sign in to Countersign",
  expired: "Your session ended. Sign in again to go on where you were.",
  ended:
    "Your session ended. Sign in again to go on where you were: what you typed is still there. (Signing in at a provider leaves the page, and what was typed is lost.)",
  byPassword: "Email and password",
  byToken: "Admin token",
  how: "Sign in with",
  email: "Email",
  password: "Password",
  token: "Admin token",
  tokenHint:
    "It was shown once when Countersign first started, and is kept in the file admin-token of its data directory.",
  firstTime: "First time here? Use the admin token. It goes on working when there are users.",
  action: "Sign in",
  failed: "Not signed in",
  byProvider: (name: string) => `Sign in with ${name}`,
  or: "or",
  returning: "your sign-in",
  providerTrouble: (name: string) => `${name} can't be reached now`,
  providerTroubleText: (problem: string) => `What went wrong: ${problem}. Try again, or sign in another way below.`,
  signedOut: "You are signed out here.",
  stillThere: "You may still be signed in at your sign-in provider.",
  signOutThere: "Sign out there, too",
} as const;
