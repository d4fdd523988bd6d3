declare const architecture: {
  modules: Record<string, string[]>;
  entries: Record<string, string[]>;
  browserSafe: string[];
};
export = architecture;
