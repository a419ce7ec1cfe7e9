/* What is saved and what is not, in words; and what to do when saving was not possible or an earlier visit left something behind. */
import { button, make } from "./dom.js";
import { clock, say } from "./messages.js";

/** @type {Record<string, string>} */
const ENDED = { definition_published: "conflict_published", draft_discarded: "conflict_discarded" };

/** @import { Refusal } from "../../types/draft" */
/** @import { Draft, Recoverable } from "./draft.js" */

export class Saving {
  /** @type {Recoverable[]} */
  offers = [];

  /**
   * @param {Draft} draft
   * @param {{ logInUrl: string }} urls
   */
  constructor(draft, { logInUrl }) {
    this.draft = draft;
    this.logInUrl = logInUrl;
    this.line = make("span", { class: "desk-saved", role: "status" });
    this.banners = make("div", { class: "desk-stack desk-editor-banners" });
    /** What has to be decided before anything is saved stays in sight. */
    this.pressing = make("div", { class: "desk-stack desk-editor-banners desk-editor-pressing" });
    draft.addEventListener("state", () => this.draw());
    window.addEventListener("beforeunload", (event) => draft.isUnsaved && event.preventDefault());
    window.addEventListener("online", () => draft.save());
  }

  draw() {
    const { state, kept } = this.draft;
    const { saved_at: savedAt, saved_by: savedBy } = this.draft.told;
    this.line.dataset.state = this.draft.refused ? "refused" : state;
    const saved = savedAt ? say("saved", { time: clock(savedAt) }) : say("not_stored");
    const told = state === "saved" ? saved : say(state === "saving" ? "saving" : "unsaved");
    this.line.textContent = this.draft.refused ? say("box_refused") : told;
    this.line.title = savedBy && savedAt ? say("saved_by", { who: savedBy, time: clock(savedAt) }) : "";
    const room = !kept && state !== "saved" && banner("warn", say("no_room"));
    const handedIn = this.draft.submitted && !this.draft.waits && banner("info", say("submitted", this.submission(this.draft.told)));
    this.pressing.replaceChildren(...[this.trouble(state)].filter((each) => !!each));
    this.banners.replaceChildren(...[this.returned(), this.hand(), this.refused(), room, handedIn, this.mended(), ...this.offers.map((one) => this.offered(one))].filter((each) => !!each));
  }

  /**
   * Who submitted the draft, and when.
   * @param {Pick<Refusal, "submitted_by" | "submitted_at">} told
   */
  submission({ submitted_by: by, submitted_at: at }) {
    return { who: by || say("nobody"), time: at ? clock(at) : "" };
  }

  /** Why the draft came back, until it is submitted again. */
  returned() {
    const { returned } = this.draft.told;
    return returned && banner("info", say("returned", { who: returned.by, time: clock(returned.at), reason: returned.reason }));
  }

  /** What a change would cost whoever has none in the draft yet, until one is saved. */
  hand() {
    const { hand } = this.draft.told;
    if (!hand) return null;
    const [who, left] = [hand.authors, hand.left].map((names) => names.join(say("comma")));
    return banner("warn", left ? say("costs_approval", { who, left }) : say("costs_last_approval", { who }));
  }

  /** What was typed into a box and is not in the draft, until it is put right or read. */
  refused() {
    const { refused } = this.draft;
    return refused && banner("warn", say("not_taken", { ...refused }), [button(say("understood"), () => this.draft.refuse(null))]);
  }

  /** What was set right when the draft was opened, until the owner has read it. */
  mended() {
    const { mendings } = this.draft;
    const read = () => {
      this.draft.mendings = [];
      this.draw();
    };
    return mendings.length > 0 && banner("info", [say("mended"), ...mendings].join(" "), [button(say("understood"), read)]);
  }

  /** @param {Draft["state"]} state */
  trouble(state) {
    const again = () => button(say("again"), () => this.draft.save(), { class: "btn btn-sm btn-primary" });
    const why = this.draft.refusal;
    if (state === "conflict") return this.conflict(why);
    if (state === "submitted") return this.submitted(why);
    if (state === "offline") return banner("warn", say("offline"), [again()]);
    if (state === "session") return banner("warn", say("session"), [make("a", { class: "btn btn-sm", href: this.logInUrl, target: "_blank", rel: "noopener" }, say("log_in")), again()]);
    if (state === "refused") return banner("warn", say("refused", { why: why.title ?? "" }), [again()]);
    return null;
  }

  /**
   * Somebody saved, or the draft is no longer there; with what would be lost of theirs.
   * @param {Refusal} why
   */
  conflict(why) {
    const { overlap } = this.draft;
    const kind = ENDED[why.ended ?? ""] ?? (why.own ? "conflict_own" : "conflict");
    const [who, when] = why.ended ? [why.ended_by, why.ended_at] : [why.saved_by, why.saved_at];
    const told = { who: who || say("nobody"), time: when ? clock(when) : say("just_now"), n: why.version };
    const lost = overlap && (overlap.files.length ? say("lost", { files: overlap.files.join(", ") }) : say("nothing_lost"));
    const list = overlap?.changes.length ? [make("ul", { class: "desk-findings" }, sentences(overlap.changes))] : [];
    return banner("warn", [say(kind, told), lost].filter(Boolean).join(" "), this.choices(why), list);
  }

  /**
   * Saving would take a submission back: asked before.
   * @param {Refusal} why
   */
  submitted(why) {
    return banner("warn", say("withdraws", this.submission(why)), [
      button(say("withdraw"), () => this.draft.save({ withdraw: true }), { class: "btn btn-sm btn-primary" }),
      button(say("leave_submitted"), () => this.takeTheirs()),
    ]);
  }

  /** @param {Refusal} why */
  choices({ ended }) {
    return [
      button(say(ended ? "keep_mine_anew" : "keep_mine"), () => this.keepMine(), { class: "btn btn-sm btn-primary" }),
      button(say(ended ? "take_published" : "take_theirs"), () => this.takeTheirs()),
    ];
  }

  async keepMine() {
    await this.draft.resolve("mine");
    this.offerRecovery();
  }

  async takeTheirs() {
    await this.draft.resolve("theirs");
    this.offerRecovery();
  }

  /** Offer what other visits, or the lost side of a conflict, left in this browser. */
  offerRecovery() {
    this.offers = this.draft.recoverable();
    this.draw();
  }

  /** @param {Recoverable} found */
  offered(found) {
    /** @param {() => void} act */
    const decided = (act) => () => {
      this.offers = this.offers.filter((one) => one !== found);
      act();
      this.draw();
    };
    return banner("warn", say(found.by ? "recover_theirs" : "recover", { who: found.by, time: clock(found.at), files: Object.keys(found.files).join(", ") }), [
      button(say("put_back"), decided(() => this.draft.recover(found)), { class: "btn btn-sm btn-primary" }),
      button(say("discard"), decided(() => this.draft.discard(found))),
    ]);
  }
}

const MOST_SENTENCES = 12;

/** @param {string[]} changes */
function sentences(changes) {
  const more = changes.length - MOST_SENTENCES;
  const shown = changes.slice(0, MOST_SENTENCES).map((text) => make("li", {}, text));
  return more > 0 ? [...shown, make("li", {}, say("more_changes", { n: more }))] : shown;
}

/**
 * @param {"warn" | "info"} kind
 * @param {string} text
 * @param {Node[]} actions
 * @param {Node[]} list
 */
function banner(kind, text, actions = [], list = []) {
  return make("div", { class: `desk-note desk-editor-banner${kind === "warn" ? " desk-note-warn" : ""}`, role: kind === "warn" ? "alert" : "status" }, make("p", {}, text), ...list, make("div", { class: "desk-row" }, actions));
}
