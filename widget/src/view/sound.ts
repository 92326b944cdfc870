/** Two soft tones, made here: no file, no request. */

export function chime(): void {
  const audio = new AudioContext();
  const volume = new GainNode(audio, { gain: 0.05 });
  volume.connect(audio.destination);
  [660, 880].forEach((frequency, index) => {
    const tone = new OscillatorNode(audio, { frequency });
    tone.connect(volume);
    tone.start(audio.currentTime + index * 0.15);
    tone.stop(audio.currentTime + index * 0.15 + 0.12);
  });
  setTimeout(() => void audio.close(), 1000);
}
