/* What is saved and what is not, in words; and what to do when saving was not possible or an earlier visit left something behind. */
import { button, make } from "./dom.js";
import { clock, say } from "./texts.js";

export class Saving {
  constructor(draft, { logInUrl }) {
    Object.assign(this, { draft, logInUrl });
    this.offers = [];
    this.line = make("span", { class: "desk-saved", role: "status" });
    this.banners = make("div", { class: "desk-stack desk-editor-banners" });
    draft.addEventListener("state", () => this.draw());
    window.addEventListener("beforeunload", (event) => draft.isUnsaved && event.preventDefault());
    window.addEventListener("online", () => draft.save());
  }

  draw() {
    const { state, savedAt, kept } = this.draft;
    this.line.dataset.state = this.draft.refused ? "refused" : state;
    const saved = savedAt ? say("saved", { time: clock(savedAt) }) : say("not_stored");
    const told = { saved, unsaved: say("unsaved"), saving: say("saving") }[state] ?? say("unsaved");
    this.line.textContent = this.draft.refused ? say("box_refused") : told;
    this.line.title = this.draft.savedBy ? say("saved_by", { who: this.draft.savedBy, time: clock(savedAt) }) : "";
    const trouble = this.trouble(state);
    const room = kept === false && state !== "saved" && banner("warn", say("no_room"));
    const handedIn = this.draft.submitted && banner("info", say("submitted"));
    this.banners.replaceChildren(...[trouble, this.refused(), room, handedIn, this.mended(), ...this.offers.map((one) => this.offered(one))].filter(Boolean));
  }

  /** What was typed into a box and is not in the draft, until it is put right or read. */
  refused() {
    const { refused } = this.draft;
    return refused && banner("warn", say("not_taken", refused), [button(say("understood"), () => this.draft.refuse(null))]);
  }

  /** What was set right when the draft was opened, until the owner has read it. */
  mended() {
    const { mendings = [] } = this.draft;
    const read = () => {
      this.draft.mendings = [];
      this.draw();
    };
    return mendings.length > 0 && banner("info", [say("mended"), ...mendings].join(" "), [button(say("understood"), read)]);
  }

  trouble(state) {
    const again = () => button(say("again"), () => this.draft.save(), { class: "btn btn-sm btn-primary" });
    const why = this.draft.refusal ?? {};
    if (state === "conflict") return banner("warn", say(why.own ? "conflict_own" : "conflict", { who: why.saved_by || say("nobody"), time: why.saved_at ? clock(why.saved_at) : "" }), this.choices());
    if (state === "offline") return banner("warn", say("offline"), [again()]);
    if (state === "session") return banner("warn", say("session"), [make("a", { class: "btn btn-sm", href: this.logInUrl, target: "_blank", rel: "noopener" }, say("log_in")), again()]);
    if (state === "refused") return banner("warn", say("refused", { why: why.title ?? "" }), [again()]);
    return null;
  }

  choices() {
    return [
      button(say("keep_mine"), () => this.draft.resolve("mine"), { class: "btn btn-sm btn-primary" }),
      button(say("take_theirs"), async () => {
        await this.draft.resolve("theirs");
        this.offerRecovery();
      }),
    ];
  }

  /** Offer what other visits, or the lost side of a conflict, left in this browser. */
  offerRecovery() {
    this.offers = this.draft.recoverable();
    this.draw();
  }

  offered(found) {
    const decided = (act) => () => {
      this.offers = this.offers.filter((one) => one !== found);
      act();
      this.draw();
    };
    return banner("warn", say("recover", { time: clock(found.at), files: Object.keys(found.files).join(", ") }), [
      button(say("put_back"), decided(() => this.draft.recover(found)), { class: "btn btn-sm btn-primary" }),
      button(say("discard"), decided(() => this.draft.discard(found))),
    ]);
  }
}

function banner(kind, text, actions = []) {
  return make("div", { class: `desk-note desk-editor-banner${kind === "warn" ? " desk-note-warn" : ""}`, role: kind === "warn" ? "alert" : "status" }, make("p", {}, text), make("div", { class: "desk-row" }, actions));
}
