// Drafts that lie in this browser until they are sent: {at, …} under a name. What lay too long is not meant any more, whoever's it is.

const DAYS = 14;

export const stamped = (facts) => JSON.stringify({ at: Date.now(), ...facts });

// Those under names that begin so, of every person who used this browser.
export function dropOld(prefix) {
  try {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith(prefix) && !isFresh(localStorage.getItem(name))) localStorage.removeItem(name);
    }
  } catch {
    // A browser that forbids the storage keeps nothing.
  }
}

function isFresh(text) {
  try {
    return Date.now() - JSON.parse(text).at < DAYS * 86_400_000;
  } catch {
    return false;
  }
}
