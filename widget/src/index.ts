/** The package: the client, and the window for those who build their own page around it. */

export * from "./client";
export type * from "./view/settings";
export type { Texts } from "./view/texts";
export { GuideWindow, type Happening } from "./view/window";
