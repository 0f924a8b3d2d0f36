// The page: tabs, theme, state of the link.
import * as attention from './attention.js';
import {byId, number, say} from './dom.js';
import * as desk from './desk.js';
import {follow} from './link.js';
import * as live from './live.js';
import * as pipeline from './pipeline.js';
import * as search from './search.js';
import * as trying from './try.js';

const tabs = [...document.querySelectorAll('[role=tab]')];

function select(tab, focus) {
  for (const other of tabs) {
    const chosen = other === tab;
    other.setAttribute('aria-selected', String(chosen));
    other.tabIndex = chosen ? 0 : -1;
    byId(other.getAttribute('aria-controls')).hidden = !chosen;
  }
  if (focus) tab.focus();
  if (tab.id === 'tab-search') search.open();
  if (tab.id === 'tab-pipeline') desk.open();
}

for (const tab of tabs) {
  tab.addEventListener('click', () => select(tab, false));
  tab.addEventListener('keydown', event => {
    const at = tabs.indexOf(tab);
    const next = {ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1}[event.key];
    if (next === undefined) return;
    event.preventDefault();
    select(tabs[(next + tabs.length) % tabs.length], true);
  });
}

const THEME = 'patchstream.theme';
if (localStorage.getItem(THEME)) document.documentElement.dataset.theme = localStorage.getItem(THEME);
byId('theme').addEventListener('click', () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
  localStorage.setItem(THEME, root.dataset.theme);
});

function status(kind, text) {
  byId('status').dataset.kind = kind;
  say(byId('status-text'), text);
}

function link(state, why) {
  const notice = byId('notice');
  document.body.classList.toggle('is-offline', state !== 'live');
  desk.link(state === 'live');
  if (state === 'live') {
    notice.hidden = true;
    status('wait', 'Connected');
  } else {
    status('bad', state === 'locked' ? 'Locked' : 'Offline');
    say(notice, state === 'locked' ? 'This page needs the whole address that Patchstream printed at its start: it ends in #token=…'
      : `${why} What is shown is the last that was known; the page comes back by itself.`);
    notice.hidden = false;
  }
}

byId('alarm-new').addEventListener('click', () => {
  select(byId('tab-live'), false);
  byId('alarms').scrollIntoView();
  byId('alarm-list').querySelector('button')?.focus();
});

search.begin();
trying.begin();
attention.begin();
follow({
  snapshot(state) {
    status(state.state === 'RUNNING' ? 'good' : state.state === 'ERROR' ? 'bad' : 'wait', state.state.charAt(0) + state.state.slice(1).toLowerCase().replaceAll('_', ' '));
    say(byId('model-name'), state.model);
    say(byId('rate'), number(state.picturesPerSecond, 1));
    live.snapshot(state);
    pipeline.snapshot(state);
  },
  picture: live.picture,
}, link);
