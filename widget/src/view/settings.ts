/** What a window goes by: the server's settings, and what the site's owner asks for. */

import type { Texts } from "./texts";

/** Comes with the script (gateway/widget.py). */
export interface ServerSettings {
  hotline: { shown: string; tel: string };
  /** Where "Quick exit" leads. */
  exit: string;
  /** The language of `texts`, and all that there are with their own names. */
  language: string;
  languages: Record<string, string>;
  texts: Texts;
}

/** The `data-` attributes of the script tag; docs/embed.md describes them. */
export interface SiteOptions {
  /** A selector: the window stands there, without a launcher. */
  inline?: string;
  position?: string;
  theme?: string;
  label?: string;
  greeting?: string;
  title?: string;
  exitEnds?: boolean;
}

export interface WindowSettings extends ServerSettings, SiteOptions {
  /** The address of the guide, without a slash at the end. */
  base: string;
}
