const side_max = 1600;
const bytes_max = 5 << 20;
const quality = 0.85;

/**
 * The photo as it is sent: drawn anew at 1,600 px at most, so that it is small on a slow network and
 * carries nothing of the camera. A browser that cannot draw it sends it as it is; the server cleans it too.
 */
export async function smallPhoto(file: File): Promise<Blob> {
  try {
    const drawn = await redraw(file);
    if (drawn && drawn.size <= bytes_max) return drawn;
  } catch {
    // a format this browser cannot draw
  }
  return file;
}

async function redraw(file: File): Promise<Blob | null> {
  const address = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const scale = Math.min(1, side_max / Math.max(image.naturalWidth, image.naturalHeight));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(image.naturalWidth * scale);
    canvas.height = Math.round(image.naturalHeight * scale);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob(done, 'image/jpeg', quality));
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** 60 bits by chance, in letters and digits that are not taken for one another. */
export function newCode(): string {
  const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => letters[byte % 32]).join('');
}
