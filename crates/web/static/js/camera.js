// [data-camera] scans with the phone's camera where the browser can read bar codes.
{
  const usable = "BarcodeDetector" in window && navigator.mediaDevices?.getUserMedia && window.isSecureContext;
  onContent(() => {
    if (usable) for (const button of document.querySelectorAll("[data-camera]")) button.hidden = false;
  });

  const open = async () => {
    const dialog = document.createElement("dialog");
    dialog.className = "dialog";
    dialog.setAttribute("aria-label", "Scan with the camera");
    const body = document.createElement("div");
    body.className = "dialog-body";
    const video = document.createElement("video");
    video.className = "camera-view";
    video.playsInline = true;
    video.muted = true;
    const note = document.createElement("p");
    note.setAttribute("role", "status");
    note.textContent = "Hold the bar code in front of the camera.";
    const close = document.createElement("button");
    close.className = "button button-large";
    close.type = "button";
    close.dataset.close = "";
    close.textContent = "Close";
    body.append(video, note, close);
    dialog.append(body);
    document.body.append(dialog);
    dialog.showModal();
    let stream;
    dialog.addEventListener("close", () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
      dialog.remove();
    });
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      await video.play();
      const detector = new BarcodeDetector();
      while (dialog.open) {
        const [found] = await detector.detect(video);
        if (found) {
          dialog.close();
          navigator.vibrate?.(60);
          deliverScan(found.rawValue);
          return;
        }
        await new Promise((next) => setTimeout(next, 120));
      }
    } catch {
      note.textContent = "The camera cannot be used. Allow it for this site in the browser's settings, or type the code.";
    }
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-camera]")) open();
  });
}
