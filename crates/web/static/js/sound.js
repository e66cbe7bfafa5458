// A sound for good, for bad and for a question, so that somebody who scans need not look: [data-sound="good"|"bad"|"ask"] in the page or in a new part of it.
const playSound = (() => {
  let audio;
  const tone = (frequency, start, length, shape) => {
    const source = audio.createOscillator();
    const volume = audio.createGain();
    source.type = shape;
    source.frequency.value = frequency;
    volume.gain.setValueAtTime(0.12, audio.currentTime + start);
    volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + start + length);
    source.connect(volume).connect(audio.destination);
    source.start(audio.currentTime + start);
    source.stop(audio.currentTime + start + length);
  };
  const play = (kind) => {
    if (!navigator.userActivation?.hasBeenActive) return;
    audio ??= new AudioContext();
    if (kind === "good") tone(1320, 0, 0.09, "sine");
    if (kind === "ask") {
      tone(660, 0, 0.09, "sine");
      tone(880, 0.12, 0.14, "sine");
    }
    if (kind === "bad") {
      tone(220, 0, 0.16, "square");
      tone(165, 0.18, 0.22, "square");
    }
  };
  onContent(() => {
    for (const element of document.querySelectorAll("[data-sound]:not([data-played])")) {
      element.dataset.played = "";
      play(element.dataset.sound);
    }
  });
  return play;
})();
