import { fileURLToPath } from 'node:url';

/** The folder of the installed project, wherever the process was started. */
export const projectFolder = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');
