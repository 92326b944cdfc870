// A sound and a notice of the browser, repeated for as long as something waits. Off until chosen.

const EVERY = 10_000;
const KEY = "desk-alarm";
const button = document.querySelector("#sound");
const quiet = document.querySelector("#quiet");
const isOn = () => localStorage.getItem(KEY) === "on";
let sound = null;
let words = "";
let repeating = null;

/** Two notes; a browser lets them be heard only after its user has touched the page. */
async function ring() {
  sound ??= new AudioContext();
  if (sound.state !== "running") await Promise.race([sound.resume(), pause(200)]);
  quiet.hidden = sound.state === "running";
  quiet.textContent = quiet.hidden ? "" : "This browser keeps the sound off until you click or press a key on this page.";
  if (!quiet.hidden) return;
  [880, 660].forEach((pitch, place) => {
    const note = sound.createOscillator();
    const loudness = sound.createGain();
    const start = sound.currentTime + place * 0.25;
    note.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.3, start);
    loudness.gain.exponentialRampToValueAtTime(0.001, start + 0.24);
    note.connect(loudness).connect(sound.destination);
    note.start(start);
    note.stop(start + 0.25);
  });
}

const pause = (time) => new Promise((done) => setTimeout(done, time));

function notify() {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const notice = new Notification("Recovery Guide desk", { body: words, tag: "desk", renotify: true });
  notice.onclick = () => {
    window.focus();
    notice.close();
  };
}

function call() {
  if (!isOn() || !words) return;
  ring().catch(() => {}); // no sound on this machine: the notice and the page still say it
  notify();
}

/** Says it at once and again every ten seconds; nothing for no words. */
export function alarm(what) {
  const isNew = what !== "" && what !== words;
  words = what;
  if (words === "") {
    clearInterval(repeating);
    repeating = null;
    quiet.hidden = true;
  } else if (isNew) {
    clearInterval(repeating);
    call();
    repeating = setInterval(call, EVERY);
  }
}

function show() {
  button.textContent = `Sound and notices: ${isOn() ? "on" : "off"}`;
  button.setAttribute("aria-pressed", String(isOn()));
}

if (button) {
  button.hidden = false;
  show();
  button.addEventListener("click", async () => {
    localStorage.setItem(KEY, isOn() ? "off" : "on");
    show();
    if (!isOn()) return void (quiet.hidden = true);
    ring().catch(() => {});
    if ("Notification" in window && Notification.permission === "default") {
      await Notification.requestPermission().catch(() => {});
    }
    call();
  });
  for (const touch of ["pointerdown", "keydown"]) {
    document.addEventListener(touch, () => {
      if (!quiet.hidden) ring().catch(() => {});
    });
  }
}
