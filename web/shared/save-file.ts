/** Browsers inside WeChat keep no files and hand none to other apps. */
export const inWeChat = (): boolean => /MicroMessenger/i.test(navigator.userAgent);

/** Told to the page when a file cannot be kept here; with its text, where copying that is as good. */
export const cannot_save = 'zh:cannot-save';
export type CannotSave = { text: string | null };

export function tellCannotSave(detail: CannotSave): void {
  window.dispatchEvent(new CustomEvent<CannotSave>(cannot_save, { detail }));
}

/** Hands a file to the browser to be kept. */
export function saveFile(file: Blob, name: string): void {
  if (inWeChat()) {
    const isText = /^(text|application\/json)/.test(file.type) && file.size < 20_000;
    if (isText) void file.text().then((text) => tellCannotSave({ text }));
    else tellCannotSave({ text: null });
    return;
  }
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
