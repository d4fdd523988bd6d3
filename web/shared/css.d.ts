/** A style sheet that a lazy page brings along; Vite makes it a file of its own. */
declare module '*.css';
