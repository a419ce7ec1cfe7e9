/* Disputed lines that are picked, added up: whole fen by what they lie in on a bill. Knows no page; the server adds up again. */

/**
 * What an amount lies in on a bill ("" for nothing), with the fen in it; null for what cannot be read.
 * @template {bigint | number | null} [Fen=bigint]
 * @typedef {[holder: string, fen: Fen]} Share
 */

/**
 * A batch that is picked as a whole: how many lines, and how many fen in what they lie in.
 * @typedef {[count: number, shares: Share<number>[]]} Cell
 */

/**
 * A line of which something is picked. cell: the batch it is part of; batched: what the batch counts for it.
 * @typedef {{ shares: Share<bigint | null>[], cell: string, batched: Share[] }} Row
 */

class Sum {
  /** @type {Map<string, bigint>} */
  fen = new Map();
  /** @type {Map<string, number>} */
  lines = new Map();
  count = 0;

  /**
   * @param {number} count
   * @param {Share[]} shares
   */
  add(count, shares) {
    this.count += count;
    for (const [holder, fen] of shares) this.fen.set(holder, (this.fen.get(holder) ?? 0n) + fen);
    for (const holder of new Set(shares.map(([one]) => one))) this.lines.set(holder, (this.lines.get(holder) ?? 0) + count);
  }
}

/**
 * A part of a line by what it lies in: the first give what they have, the last the rest.
 * @param {bigint} fen
 * @param {Share<number>[]} held
 * @returns {Share[]}
 */
export function divide(fen, held) {
  let rest = fen;
  return held
    .map(([holder, most], at) => {
      const share = at === held.length - 1 || rest < BigInt(most) ? rest : BigInt(most);
      rest -= share;
      return /** @type {Share} */ ([holder, share]);
    })
    .filter(([, share]) => share > 0n);
}

/**
 * What stands on a bill and again as its calls is the same money, and counts once: no holder gives more than `most` says when several lines in it are picked.
 * unread: an amount cannot be read; twice: something was counted once that was picked twice.
 * @param {Map<string, Cell>} cells
 * @param {Row[]} rows
 * @param {Record<string, string | number>} most
 */
export function addUp(cells, rows, most) {
  const sum = new Sum();
  for (const [count, shares] of cells.values())
    sum.add(
      count,
      shares.map(([holder, fen]) => [holder, BigInt(fen)]),
    );
  for (const { shares, cell, batched } of rows) {
    sum.add(
      1,
      shares.map(([holder, fen]) => [holder, fen ?? 0n]),
    );
    if (cells.has(cell) && batched.length)
      sum.add(
        -1,
        batched.map(([holder, fen]) => [holder, -fen]),
      );
  }
  const held = [...sum.fen].map(([holder, fen]) => ({ fen, once: once(fen, holder && (sum.lines.get(holder) ?? 0) > 1 ? most[holder] : undefined) }));
  const total = held.reduce((all, one) => all + one.once, 0n);
  return { count: sum.count, total, unread: rows.some(({ shares }) => shares.some(([, fen]) => fen === null)), twice: held.some((one) => one.once < one.fen) };
}

/**
 * No more than a bound, where there is one.
 * @param {bigint} fen
 * @param {string | number | undefined} bound
 */
function once(fen, bound) {
  return bound !== undefined && fen > BigInt(bound) ? BigInt(bound) : fen;
}
