/* Decision tables as dmn-js holds them. */

export interface Cell {
  id: string;
}

export interface Rule {
  inputEntry?: Cell[];
  outputEntry?: Cell[];
}

export interface Column extends Cell {
  label?: string;
  name?: string;
  inputExpression?: { text?: string };
}

export interface Decision {
  id: string;
  decisionLogic?: { input?: Column[]; output?: Column[]; rule?: Rule[] };
}

export interface View {
  id: string;
  name?: string;
  element: Decision;
}

export interface ViewProvider {
  id: string;
  constructor: new () => object;
  opens(element: Decision): boolean;
}

/** What is undone and done again. */
export interface Steps {
  undo(): void;
  redo(): void;
  canUndo(): boolean;
  canRedo(): boolean;
}

export interface Viewer {
  get(name: "selection"): { select(id: string): void };
  get(name: "eventBus"): { on(name: string, act: () => void): void };
  get(name: "commandStack", strict: false): Steps | undefined;
}
