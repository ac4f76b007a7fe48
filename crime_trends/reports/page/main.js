// Starts the page: the list of views, the address, and what must be drawn anew when the window changes.

function start() {
  if (!openTable("monthly").length) {
    element("empty").hidden = false;
    element("explorer").hidden = true;
    return;
  }
  element("views").replaceChildren(...views.map((view) => make("li", {}, make("a", { textContent: view.short ?? view.title, data: { view: view.key } }))));
  readAddress();
  renderView();
  window.addEventListener("hashchange", () => {
    if (location.hash && !location.hash.includes("=")) return; // a jump within the page, not a choice of filters
    const before = document.body.dataset.view;
    readAddress();
    renderView();
    if (document.body.dataset.view !== before) element("view-title").focus({ preventScroll: true });
  });
  let width = element("panels").clientWidth;
  new ResizeObserver(() => {
    if (element("panels").clientWidth === width) return;
    width = element("panels").clientWidth;
    drawAnew();
  }).observe(element("panels"));
  window.addEventListener("beforeprint", drawAll);
}

start();
