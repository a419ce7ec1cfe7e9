/* Decision tables as dmn-js holds them. */

export interface Column {
  label?: string;
  name?: string;
  inputExpression?: { text?: string };
}

export interface Decision {
  id: string;
  decisionLogic?: { input?: Column[]; output?: Column[] };
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
  get(name: "eventBus"): { on(name: string, act: () => void): void };
  get(name: "commandStack", strict: false): Steps | undefined;
}
