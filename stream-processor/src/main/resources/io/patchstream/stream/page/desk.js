// What is looked up only when it is asked for, since topics are read for it: dead letters and their way back, the ledger, subjects.
import {bytes, make, millis, number, say} from './dom.js';
import {ask, send} from './link.js';

const SHOWN = 12;

// Topics are read for one question at a time; another of this page waits for its turn.
let turn = Promise.resolve();

function inTurn(work) {
  const mine = turn.then(work);
  turn = mine.catch(() => {});
  return mine;
}

// A card with a button, a line that says what is up, and what was found, which stays until something newer is.
class Question {
  constructor(key, title, note, button, build) {
    this.build = build;
    this.button = make('button', {class: 'button', type: 'button', disabled: '', onclick: () => this.ask()}, button);
    this.line = make('p', {class: 'muted asked', role: 'status'}, 'Not asked yet.');
    this.problem = make('p', {class: 'problem', role: 'alert', hidden: ''});
    this.body = make('div', {class: 'card-body', tabindex: key === 'dead-letters' ? '0' : null});
    this.element = make('section', {class: `card card-${key}`, 'aria-label': title},
      make('div', {class: 'bar'}, make('h2', {}, title), this.button),
      make('p', {class: 'note'}, note), this.line, this.problem, this.body);
    this.path = `/api/${key}`;
  }

  // Nothing can be asked while the processor does not answer, nor twice at a time; what was found stays to be read.
  set open(open) {
    this.isOpen = open;
    this.refresh();
  }

  refresh() {
    for (const button of this.element.querySelectorAll('button')) button.disabled = !this.isOpen || Boolean(this.busy) || button.dataset.done === 'true';
    this.element.setAttribute('aria-busy', String(Boolean(this.busy)));
  }

  fail(problem) {
    say(this.problem, problem);
    this.problem.hidden = false;
  }

  // One question at a time; a failure is told, and what was known before is left.
  async working(says, work) {
    if (this.busy || !this.isOpen) return;
    this.busy = true;
    const before = this.line.textContent;
    this.problem.hidden = true;
    say(this.line, says);
    this.refresh();
    try {
      await (this.path === '/api/subjects' ? work() : inTurn(work));
    } catch (problem) {
      say(this.line, before);
      this.fail(problem.message);
    } finally {
      this.busy = false;
      this.refresh();
    }
  }

  ask() {
    return this.working('Reading …', () => this.look());
  }

  async look() {
    const answer = await ask(this.path);
    this.asked = true;
    say(this.line, `As of ${new Date(answer.atMillis).toLocaleTimeString('en-GB')}, read in ${millis(answer.tookMillis)}.`);
    this.body.replaceChildren(...this.build(answer, this));
  }
}

const fact = (name, value) => make('div', {}, make('dt', {}, name), make('dd', {}, value));

// The day only where it is another than today.
function when(millis) {
  const at = new Date(millis);
  return at.toDateString() === new Date().toDateString() ? at.toLocaleTimeString('en-GB') : at.toLocaleString('en-GB');
}

const empty = text => make('p', {class: 'empty'}, text);

function replay(question, places) {
  return question.working('Sending in again …', async () => {
    const {replayed} = await send('/api/replay', JSON.stringify({places}));
    const told = `${number(replayed.sent)} sent in again, ${number(replayed.before)} before, ${number(replayed.refused.length)} refused.`;
    const refused = replayed.refused.slice(0, 5).map(why => make('li', {}, why));
    await question.look();
    question.body.prepend(make('div', {class: 'told', role: 'status'}, make('p', {}, told), refused.length ? make('ul', {}, ...refused) : null));
  });
}

// Only those of one reason, or all again; the button that was pressed keeps the focus.
function choose(reason, answer, question) {
  question.reason = question.reason === reason ? null : reason;
  question.body.replaceChildren(...deadLetters(answer, question));
  question.refresh();
  [...question.body.querySelectorAll('[data-reason]')].find(button => button.dataset.reason === reason)?.focus();
}

function deadLetters(answer, question) {
  const {deadLetters: found} = answer;
  if (found.letters.length === 0) return [empty(`None in ${found.topic}.`)];
  if (!(question.reason in found.reasons)) question.reason = null;
  const letters = found.letters.filter(letter => !question.reason || letter.reason === question.reason);
  const open = letters.filter(letter => !letter.sentInAgain).map(letter => letter.place);
  const counts = Object.entries(found.reasons).sort((a, b) => b[1] - a[1]);
  const all = make('button', {class: 'button', type: 'button', 'data-done': String(open.length === 0), onclick: () => replay(question, open)},
    open.length === 0 ? 'All were sent in again' : `Send ${number(open.length)} in again`);
  const rest = letters.length - SHOWN;
  return [
    make('ul', {class: 'counts'}, ...counts.map(([reason, count]) => make('li', {}, make('button', {class: 'button small', type: 'button', 'data-reason': reason,
      'aria-pressed': String(question.reason === reason), onclick: () => choose(reason, answer, question)}, make('b', {}, number(count)), ` ${reason}`)))),
    make('div', {class: 'bar'}, make('p', {class: 'note'}, `${number(found.read)} in ${found.topic}${found.complete ? '' : ', the newest of each partition only'}.`), all),
    make('ul', {class: 'letters'}, ...letters.slice(0, SHOWN).map(letter => buried(letter, question))),
    rest > 0 ? make('p', {class: 'note'}, `${number(rest)} more are not listed here; ./patchstream dlq list has them.`) : '',
  ];
}

function buried(letter, question) {
  const again = make('button', {class: 'button small', type: 'button', 'data-done': String(letter.sentInAgain),
    'aria-label': `${letter.sentInAgain ? 'Sent' : 'Send'} in again: ${letter.place}`, onclick: () => replay(question, [letter.place])}, letter.sentInAgain ? 'Sent in again' : 'Send in again');
  const died = letter.attempts ? ` · sent in again ${letter.attempts === 1 ? 'once' : `${letter.attempts} times`} before` : '';
  return make('li', {class: letter.sentInAgain ? 'is-done' : null},
    make('div', {}, make('b', {}, letter.reason), make('time', {class: 'muted'}, when(letter.atMillis))),
    make('p', {}, letter.message),
    make('div', {class: 'again'}, make('p', {class: 'muted'}, `${letter.place} · ${letter.camera || 'no camera'} · ${letter.source || 'unknown source'}${died}`), again));
}

function ledger({ledger: state}) {
  const says = !state.balanced ? `${number(state.wrong)} missing or too many` : 'Balanced';
  const findings = state.partitions.flatMap(partition => [
    ...partition.findings.map(finding => make('li', {}, make('b', {}, partition.partition), ` ${finding}`)),
    partition.wrong > partition.findings.length ? make('li', {}, make('b', {}, partition.partition), ` and ${number(partition.wrong - partition.findings.length)} more; ./patchstream ledger check --json lists them`) : '',
  ]);
  return [
    make('p', {class: 'verdict', 'data-kind': state.balanced ? 'good' : 'bad'}, make('b', {}, says), state.inFlight ? ` · ${number(state.inFlight)} ${state.inFlight === 1 ? 'offset' : 'offsets'} in flight` : ''),
    make('dl', {class: 'facts'},
      fact('records due', number(state.records)),
      fact('labelled', number(state.labelled)),
      fact('dead-lettered', number(state.deadLettered)),
      fact('dropped', number(state.dropped)),
      fact('in flight', number(state.inFlight)),
      fact('missing or too many', number(state.wrong)),
      fact('answers read', bytes(state.bytesRead))),
    state.wrong ? make('ul', {class: 'findings'}, ...findings) : '',
    make('p', {class: 'note'}, `Group ${state.group}. What is in flight is not yet committed, and not missing.`),
  ];
}

function subjects({subjects: list}) {
  if (list.length === 0) return [empty('No topic of this pipeline has a schema.')];
  return [make('ul', {class: 'subjects'}, ...list.map(subject => make('li', {},
    make('div', {}, make('b', {title: subject.subject}, subject.subject),
      make('span', {class: 'badge'}, subject.versions.length === 0 ? 'not registered yet'
        : `${subject.versions.length === 1 ? 'version' : 'versions'} ${subject.versions.join(', ')}`)),
    make('p', {class: 'muted'}, `${subject.record}${subject.id === null ? '; registered with the first record' : ` · newest schema id ${subject.id}`}`))))];
}

const questions = [
  new Question('subjects', 'Registry subjects', 'Schemas of the records that are read and written.', 'Look again', subjects),
  new Question('dead-letters', 'Dead letters’ topic', 'Of all processors and all time. Each dead letter is sent in again once, and a frame three times at most.', 'Read the topic', deadLetters),
  new Question('ledger', 'Ledger', 'Whether every frame has exactly one answer, from the answers themselves: reads all that the topics hold.', 'Check', ledger),
];

export const cards = () => questions.map(question => question.element);

// Subjects cost nothing to speak of: they are looked up when the tab is opened first.
export function open() {
  const [first] = questions;
  if (!first.asked) first.ask();
}

export function link(isLive) {
  for (const question of questions) question.open = isLive;
}
