/** A soft tone, made here: no file, no request. */

export function chime(): void {
  const audio = new AudioContext();
  const volume = new GainNode(audio, { gain: 0.05 });
  volume.connect(audio.destination);
  const tone = new OscillatorNode(audio, { frequency: 660 });
  tone.connect(volume);
  tone.start();
  tone.stop(audio.currentTime + 0.2);
  setTimeout(() => void audio.close(), 1000);
}
