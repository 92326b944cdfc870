/** What the script tag runs. gateway/widget.py puts the server's settings around it. */

import type { ServerSettings, SiteOptions, WindowSettings } from "./view/settings";
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
  const { inline, position, label, title } = dataset;
  const greeting = meta?.content ?? dataset.greeting;
  const given = { inline, position, label, title, greeting };
  const told = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(told), exitEnds: dataset.exitEnds === "true" };
}

function hostElement({ inline, position }: SiteOptions, theme?: string): HTMLElement {
  const found = inline === undefined ? null : document.querySelector<HTMLElement>(inline);
  const host = found ?? document.createElement("recovery-guide");
  if (theme) host.dataset.theme = theme;
  host.dataset.mode = found ? "inline" : "corner";
  if (position === "left") host.dataset.position = position;
  if (!found) document.body.append(host);
  return host;
}

function embed(tag: HTMLScriptElement): void {
  const options = siteOptions(tag);
  const address = tag.src.replace(/\/widget\.js.*$/, "");
  const host = hostElement(options, tag.dataset.theme);
  const { inline, ...others } = options;
  const place = host.dataset.mode === "inline" && inline !== undefined ? { inline } : {};
  const settings: WindowSettings = { ...GUIDE, ...others, ...place, base: address === location.origin ? "" : address };
  const made = new GuideWindow(settings, host);
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
