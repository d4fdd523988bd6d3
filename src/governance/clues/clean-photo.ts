/** A picture as it is kept: its own bytes without place, time, device or anything behind its end. */
export type CleanPhoto = {
  kind: 'jpeg' | 'png' | 'webp';
  bytes: Buffer;
  width: number;
  height: number;
};
