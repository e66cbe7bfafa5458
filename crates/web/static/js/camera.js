// [data-camera] scans with the camera: by the browser's own reader where it has one, else by a library that is fetched when it
// is needed first. [data-camera=many] goes on for the next code. Browsers give the camera to pages over HTTPS alone, or on the
// machine itself: where that is the hindrance, the button says so.
{
  const LIBRARY = "/static/vendor/zxing-0.23.0.min.js";
  const HASH = "sha384-0ASr5PEWAMtTnWsn0PzKmioHVDA4+QqFiJr94io/0DCrGP6E1gRAmbO6O8y5WZW9";
  const AGAIN = 2500; // milliseconds before the same code counts as scanned again
  const FORMATS = ["code_128", "qr_code", "code_39", "ean_13", "ean_8", "upc_a", "data_matrix", "itf"];
  const hasCamera = () => window.isSecureContext && navigator.mediaDevices?.getUserMedia;
  // What the browser calls it, and what is true then.
  const WHY_NOT = {
    NotFoundError: "There is no camera on this machine. Use a scanner, or type the code.",
    NotAllowedError: "The camera was refused. Allow it for this site in the browser's settings, or type the code.",
    NotReadableError: "Another program has the camera. Close that one and press again, or type the code.",
  };
  const isPhone = matchMedia("(pointer: coarse)").matches;
  onContent(() => {
    // A desk has a camera too, but it looks at who sits there: only where many things are scanned it is offered.
    for (const button of document.querySelectorAll("[data-camera]")) {
      if (isPhone || (button.dataset.camera === "many" && hasCamera())) button.hidden = false;
    }
  });

  // Answers a function that reads what the video shows now: the code, or nothing.
  const native = async () => {
    if (!("BarcodeDetector" in window)) return null;
    const known = await BarcodeDetector.getSupportedFormats().catch(() => []);
    const formats = FORMATS.filter((format) => known.includes(format));
    // Some browsers have the reader and nothing behind it.
    if (!formats.includes("code_128") || !formats.includes("qr_code")) return null;
    const detector = new BarcodeDetector({ formats });
    return async (video) => (await detector.detect(video))[0]?.rawValue;
  };
  const fetched = async () => {
    if (!window.ZXing) {
      await new Promise((loaded, failed) => {
        const script = document.createElement("script");
        script.src = LIBRARY;
        script.integrity = HASH;
        script.addEventListener("load", loaded);
        script.addEventListener("error", failed);
        document.head.append(script);
      });
    }
    const { BarcodeFormat, BinaryBitmap, DecodeHintType, HTMLCanvasElementLuminanceSource, HybridBinarizer, MultiFormatReader } = window.ZXing;
    const reader = new MultiFormatReader();
    const { CODE_128, QR_CODE, CODE_39, EAN_13, EAN_8, UPC_A, DATA_MATRIX, ITF } = BarcodeFormat;
    reader.setHints(
      new Map([
        [DecodeHintType.POSSIBLE_FORMATS, [CODE_128, QR_CODE, CODE_39, EAN_13, EAN_8, UPC_A, DATA_MATRIX, ITF]],
        [DecodeHintType.TRY_HARDER, true],
      ]),
    );
    const canvas = document.createElement("canvas");
    return async (video) => {
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      if (!canvas.width) return null;
      canvas.getContext("2d", { willReadFrequently: true }).drawImage(video, 0, 0);
      try {
        return reader.decodeWithState(new BinaryBitmap(new HybridBinarizer(new HTMLCanvasElementLuminanceSource(canvas)))).getText();
      } catch {
        return null; // no code in this picture
      }
    };
  };

  const open = async (many) => {
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
    if (!hasCamera()) {
      video.remove();
      note.textContent = window.isSecureContext
        ? "This browser gives no page a camera. Open the shop in another browser, use a scanner, or type the code."
        : "The camera works over HTTPS only, and this page came without it. Open the shop's https:// address here, or type the code.";
      dialog.addEventListener("close", () => dialog.remove());
      return;
    }
    let stream;
    const told = (event) => {
      if (event.detail && dialog.open) note.textContent = event.detail;
    };
    document.addEventListener("scans:told", told);
    dialog.addEventListener("close", () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
      document.removeEventListener("scans:told", told);
      dialog.remove();
    });
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } },
      });
      video.srcObject = stream;
      await video.play();
    } catch (error) {
      video.remove();
      note.textContent = WHY_NOT[error.name] ?? "The camera cannot be used here. Use a scanner, or type the code.";
      return;
    }
    let read;
    try {
      read = (await native()) ?? (await fetched());
    } catch {
      note.textContent = "The reader of bar codes could not be loaded. Look whether the phone still reaches the shop, or type the code.";
      return;
    }
    let last = "";
    let at = 0;
    while (dialog.open) {
      const found = await read(video).catch(() => null);
      if (found && dialog.open && (found !== last || performance.now() - at > AGAIN)) {
        last = found;
        at = performance.now();
        navigator.vibrate?.(60);
        if (!many) dialog.close();
        deliverScan(found);
        if (!many) return;
      }
      if (found) at = performance.now();
      await new Promise((next) => setTimeout(next, 120));
    }
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-camera]");
    if (button) open(button.dataset.camera === "many");
  });
}
