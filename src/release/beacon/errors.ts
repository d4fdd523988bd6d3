import { problem } from '../../platform/problem.ts';

export const diceRefused = problem(
  'release/dice-refused',
  422,
  '请录入至少50次掷骰的点数，每次是1到6中的一个数字，可以加空格，不能有其他字符。',
  'Dice need at least 50 throws, each a digit from 1 to 6.',
);
export const diceDiffer = problem(
  'release/dice-differ',
  409,
  '两人录入的点数不一致，请两人一起对照现场记录，录错的一方重新录入。',
  'The two people typed different throws; both should look again, and who was wrong types anew.',
);
export const diceSettled = problem(
  'release/dice-settled',
  409,
  '两人录入的点数已经一致并生效，不能再改。',
  'Two people agreed on the throws; they can no longer change.',
);
