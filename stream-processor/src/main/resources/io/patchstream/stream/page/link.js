// The way to the processor. The token comes in the address, behind #, and goes along with every request as a header.

const KEY = 'patchstream.token';

function token() {
  const given = /^#token=([A-Za-z0-9_-]+)/.exec(location.hash);
  if (given) {
    sessionStorage.setItem(KEY, given[1]);
    history.replaceState(null, '', location.pathname);
  }
  return sessionStorage.getItem(KEY) ?? '';
}

const headers = {Authorization: `Bearer ${token()}`};

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(path, {...options, headers, cache: 'no-store'});
  } catch {
    throw new Refused(0, 'The processor does not answer. It may have stopped.');
  }
  if (response.ok) return response;
  const problem = await response.json().then(body => body.problem, () => response.statusText);
  throw new Refused(response.status, problem);
}

export const ask = async path => (await request(path)).json();

export const send = async (path, body) => (await request(path, {method: 'POST', body})).json();

// Server-sent events by fetch, since EventSource sends no headers.
async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const {value, done} = await reader.read();
    if (done) return;
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop();
    for (const block of blocks) {
      const message = /^event: (.+)\ndata: (.+)$/.exec(block);
      if (message) yield [message[1], JSON.parse(message[2])];
    }
  }
}

// Follows what happens for as long as the page is open, and comes back by itself.
export async function follow(on, state) {
  for (let pause = 1000; ; pause = Math.min(10000, pause * 1.6)) {
    try {
      const response = await request('/api/live');
      state('live');
      for await (const [event, data] of events(response)) {
        pause = 1000;
        on[event]?.(data);
      }
      state('offline', 'The processor has stopped, or was restarted.');
    } catch (problem) {
      state(problem.status === 401 ? 'locked' : 'offline', problem.status ? problem.message : 'The processor does not answer. It may have stopped.');
      if (problem.status === 401) return;
    }
    await new Promise(resolve => setTimeout(resolve, pause));
  }
}
