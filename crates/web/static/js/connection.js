// The dot in the bar: is the shop's server there?
{
  const dot = document.querySelector("[data-connection]");
  const word = dot?.firstElementChild;
  const show = (on) => {
    if (!dot || (dot.dataset.state === "on") === on) return;
    dot.dataset.state = on ? "on" : "off";
    word.textContent = on ? "Online" : "No connection";
  };
  const ask = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(5000) });
      show(answer.ok);
    } catch {
      show(false);
    }
  };
  if (dot) {
    setInterval(ask, 15000);
    window.addEventListener("offline", () => show(false));
    window.addEventListener("online", ask);
    document.addEventListener("visibilitychange", ask);
  }
}
