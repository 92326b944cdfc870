/** What the script tag runs. gateway/widget.py puts the server's settings around it. */

import type { ServerSettings, SiteOptions } from "./view/settings";
import { GuideWindow } from "./view/window";

declare const GUIDE: ServerSettings;

/** What the page around may call: `RecoveryGuide.open()`. */
interface RecoveryGuide {
  open: () => void;
  close: () => void;
  exit: () => void;
}

declare global {
  interface Window {
    RecoveryGuide?: RecoveryGuide;
  }
}

const script = document.currentScript as HTMLScriptElement | null;

function siteOptions({ dataset }: HTMLScriptElement): SiteOptions {
  const meta = document.querySelector<HTMLMetaElement>("meta[name='recovery-guide-greeting']");
  const ownGreeting = meta ? { greeting: meta.content } : {};
  return { ...dataset, ...ownGreeting, exitEnds: dataset.exitEnds === "true" };
}

function embed(tag: HTMLScriptElement): void {
  const { inline, ...options } = siteOptions(tag);
  const found = inline === undefined ? null : document.querySelector<HTMLElement>(inline);
  const host = found ?? document.body.appendChild(document.createElement("recovery-guide"));
  const { position = "right", theme = "auto" } = options;
  Object.assign(host.dataset, { mode: found ? "inline" : "corner", position, theme });
  const address = tag.src.replace(/\/widget\.js.*$/, "");
  const base = address === location.origin ? "" : address;
  const place = found && inline !== undefined ? { inline } : {};
  const made = new GuideWindow({ ...GUIDE, ...options, ...place, base }, host);
  window.RecoveryGuide = {
    open: () => made.open(),
    close: () => made.close(),
    exit: () => made.exit(),
  };
  made.begin();
}

if (script && !window.RecoveryGuide) {
  if (document.readyState !== "loading") embed(script);
  else document.addEventListener("DOMContentLoaded", () => embed(script), { once: true });
}
