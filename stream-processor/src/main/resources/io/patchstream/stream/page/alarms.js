// Alarms: those that are on first, then the last that were cleared. Rows stay where they are while nothing changes, so that a button keeps its focus.
// Which of them somebody has marked as seen is this browser's own business: it is kept here, and changes nothing elsewhere.
import {byId, make, number, say} from './dom.js';
import {ask} from './link.js';

const rows = new Map();

const SEEN = 'patchstream.alarms.seen';
const seen = new Set(JSON.parse(localStorage.getItem(SEEN) ?? '[]'));
let latest = null;

function mark(id) {
  if (!seen.delete(id)) seen.add(id);
  localStorage.setItem(SEEN, JSON.stringify([...seen]));
  snapshot(latest);
}

const EMPTY = {
  NO_RULES: () => ['There are no rules. A rule makes an alarm of labels: write ', make('code', {}, 'rule.visitor.labels=person'),
    ' into a file and start with ', make('code', {}, '--set rules.file=FILE'), ' (docs/camera-owner.md).'],
  READING: content => [`Reading ${content.topic} …`],
  KNOWN: content => [`None on ${content.topic}.`],
  LOST: content => [`${content.topic} cannot be read; the page tries again. ${content.why}`],
};

// The day only where it is another than today.
function when(at) {
  const date = new Date(at);
  const time = date.toLocaleTimeString('en-GB');
  return date.toDateString() === new Date().toDateString() ? time : `${date.toLocaleDateString('en-GB')} ${time}`;
}

function span(from, to) {
  const seconds = Math.max(0, Math.round((to - from) / 1000));
  return seconds < 120 ? `${seconds} s` : seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

class Row {
  constructor(bell) {
    this.id = bell.id;
    this.badge = make('span', {class: 'badge'});
    this.time = make('span', {class: 'muted alarm-time'});
    this.told = make('p', {class: 'muted', role: 'status', hidden: ''});
    this.image = make('img', {alt: `The picture of ${bell.camera} that raised ${bell.rule}`, hidden: ''});
    this.button = make('button', {class: 'button small', type: 'button', 'aria-expanded': 'false',
      'aria-label': `Picture that raised ${bell.rule} for ${bell.camera}`, onclick: () => this.look()}, 'Picture');
    this.seen = make('button', {class: 'button small', type: 'button', 'aria-pressed': 'false', hidden: '',
      'aria-label': `Seen: ${bell.rule} for ${bell.camera}`, onclick: () => mark(bell.id)}, 'Seen');
    this.element = make('li', {},
      make('div', {class: 'alarm-line'}, this.badge, make('b', {}, bell.rule), make('span', {}, bell.camera),
        make('span', {title: `Frame ${bell.source}`}, `${bell.label} ${number(100 * bell.probability)} %`), this.time,
        make('span', {class: 'alarm-actions'}, this.seen, this.button)),
      this.told, this.image);
  }

  show(bell, now) {
    const on = bell.clearedAtMillis === null;
    const isSeen = seen.has(bell.id);
    this.badge.className = on ? `badge alarm${isSeen ? ' seen' : ''}` : 'badge calm';
    say(this.badge, on ? 'on' : 'cleared');
    this.seen.hidden = !on;
    this.seen.setAttribute('aria-pressed', String(isSeen));
    this.element.classList.toggle('is-done', !on);
    say(this.time, on ? `since ${when(bell.raisedAtMillis)}, ${span(bell.raisedAtMillis, now)}`
      : `${when(bell.raisedAtMillis)}, for ${span(bell.raisedAtMillis, bell.clearedAtMillis)}${bell.isRuleGone ? ', until its rule was changed' : ''}`);
  }

  open(isOpen) {
    this.image.hidden = !isOpen;
    this.button.setAttribute('aria-expanded', String(isOpen));
  }

  // Its frame is read from its topic the first time.
  async look() {
    if (this.image.src) this.open(this.image.hidden);
    if (this.image.src || this.isBusy) return;
    this.isBusy = true;
    this.told.hidden = false;
    say(this.told, 'Reading its frame …');
    try {
      const {picture} = await ask(`/api/alarm-picture?id=${this.id}`);
      if (picture) {
        this.image.src = picture;
        this.told.hidden = true;
        this.open(true);
      } else {
        say(this.told, 'Its frame cannot be shown.');
      }
    } catch (problem) {
      say(this.told, problem.message);
    } finally {
      this.isBusy = false;
    }
  }
}

function put(list, bells, now) {
  const wanted = bells.map(bell => {
    if (!rows.has(bell.id)) rows.set(bell.id, new Row(bell));
    const row = rows.get(bell.id);
    row.show(bell, now);
    return row.element;
  });
  if (wanted.length === list.children.length && wanted.every((element, i) => list.children[i] === element)) return;
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  list.replaceChildren(...wanted);
  focused?.focus();
}

let shown = '';

export function snapshot(content) {
  latest = content;
  const bells = [...content.on, ...content.cleared];
  put(byId('alarm-list'), bells, Date.now());
  const known = new Set(bells.map(bell => bell.id));
  for (const id of rows.keys()) if (!known.has(id)) rows.delete(id);
  const on = content.on.length + content.hidden;
  const marked = content.on.filter(bell => seen.has(bell.id)).length;
  if (content.state === 'KNOWN' && !content.hidden && marked < seen.size) forget(content.on);
  say(byId('alarm-count'), content.state === 'NO_RULES' || content.state === 'READING' ? ''
    : `${on === 0 ? 'None is' : on === 1 ? '1 is' : `${number(on)} are`} on${content.hidden ? `, ${number(content.hidden)} of them not shown` : ''}${marked ? `, ${number(marked)} seen` : ''}`);
  const fresh = on - marked;
  byId('alarm-new').hidden = !fresh;
  say(byId('alarm-new'), fresh === 1 ? '1 alarm' : `${number(fresh)} alarms`);
  document.title = fresh ? `(${fresh}) Patchstream` : 'Patchstream';
  const text = bells.length && content.state !== 'LOST' ? '' : content.state + content.topic + content.why;
  if (text !== shown) {
    shown = text;
    byId('alarm-empty').replaceChildren(...(text ? EMPTY[content.state](content) : []));
    byId('alarm-empty').hidden = !text;
  }
}

// Those that are over need no mark.
function forget(on) {
  const known = new Set(on.map(bell => bell.id));
  for (const id of seen) if (!known.has(id)) seen.delete(id);
  localStorage.setItem(SEEN, JSON.stringify([...seen]));
}

// The alarms that are on for a camera, for its tile: their rules, and whether all of them were seen.
export const rulesOn = content => {
  const byCamera = new Map();
  for (const bell of content.on) {
    const known = byCamera.get(bell.camera) ?? {rules: [], isSeen: true};
    byCamera.set(bell.camera, {rules: [...known.rules, bell.rule], isSeen: known.isSeen && seen.has(bell.id)});
  }
  return byCamera;
};
