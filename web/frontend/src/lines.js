/* Picking disputed lines: what is ticked is added up while ticking, and an amount that is typed ticks its line. The server adds up again. */
const FEN = 100;

function fen(text) {
  const plain = text.normalize("NFKC").replace(/[,\s¥\u5143]/g, "");
  return /^[0-9]*\.?[0-9]{0,2}$/.test(plain) ? Math.round(Number(plain || 0) * FEN) : 0;
}

function picked(box) {
  if (box.name.endsWith("@all")) return [Number(box.dataset.count), Number(box.dataset.fen)];
  const amount = box.closest("tr").querySelector(".desk-lines-amount");
  return [1, fen(amount ? amount.value : box.value.split(" ")[1])];
}

function addUp(field) {
  const boxes = [...field.querySelectorAll("[type=checkbox]:checked")];
  const parts = boxes.filter((box) => box.closest(".desk-lines-parts")).length;
  const lines = new Set(boxes.map((box) => box.closest(".desk-lines-parts")).filter(Boolean)).size;
  const [every, total] = boxes.map((box) => picked(box)).reduce(([n, sum], [m, more]) => [n + m, sum + more], [0, 0]);
  const count = every - parts + lines;
  field.querySelector("[data-lines-count]").textContent = count;
  const place = field.querySelector("[data-lines-total]");
  place.dataset.pattern ??= place.textContent.replace(/[0-9,.]+/, "#");
  place.textContent = place.dataset.pattern.replace("#", (total / FEN).toLocaleString("en", { minimumFractionDigits: 2 }));
}

document.addEventListener("input", ({ target }) => {
  const field = target.closest("[data-lines]");
  if (!field?.querySelector("[data-lines-total]")) return;
  if (target.matches(".desk-lines-amount")) {
    const box = target.closest("tr").querySelector("[type=checkbox]");
    box.checked = fen(target.value) > 0;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }
  addUp(field);
});
