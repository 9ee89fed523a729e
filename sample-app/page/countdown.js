const SECOND = 1000;

/**
 * Keeps a button disabled for some seconds and shows how many are left. A screen reader says only the first and the last: one that counts
 * aloud talks over everything else.
 */
export function countDown(root, seconds) {
  const [button, shown, said] = ['button', '.countdown', '[role=status]'].map((part) => root.querySelector(part));
  const end = Date.now() + seconds * SECOND;
  if (seconds > 0) said.textContent = `You can ask for another code in ${seconds} seconds.`;
  const tick = () => {
    // A browser that slept has missed some ticks, so the clock is read each time.
    const left = Math.max(0, Math.ceil((end - Date.now()) / SECOND));
    button.disabled = left > 0;
    shown.textContent = left > 0 ? `in ${left} s` : '';
    if (left > 0 && root.isConnected) setTimeout(tick, SECOND);
    if (left === 0 && seconds > 0) said.textContent = 'You can ask for another code now.';
  };
  tick();
}
