// Shows the progress of a fetch. Without scripts the page loads itself again instead.
"use strict";
const state = document.getElementById("state");
const list = document.getElementById("events");
if (state && list && state.dataset.events) {
  const source = new EventSource(state.dataset.events);
  let seen = 0;
  source.addEventListener("progress", (event) => {
    seen += 1;
    if (seen <= list.children.length) return;
    const item = document.createElement("li");
    item.textContent = JSON.parse(event.data);
    list.append(item);
  });
  source.addEventListener("end", () => {
    source.close();
    if (!document.querySelector("main a[href*='/a/']") && !state.querySelector(".mark-wrong")) location.reload();
  });
}
