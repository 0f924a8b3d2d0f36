// Nearest frames by embedding, among those that were shown lately.
import {byId, make, number} from './dom.js';
import {ask} from './link.js';

const time = at => new Date(at).toLocaleTimeString('en-GB');

export function frames(list, chosen) {
  return make('div', {class: 'strip'}, ...list.map(frame => make('button', {
    class: 'frame', type: 'button', 'aria-pressed': String(frame.id === chosen),
    title: 'Find frames like it', onclick: () => near(frame.id),
  }, make('img', {src: frame.picture, alt: ''}),
  make('span', {class: 'frame-label'}, frame.label),
  make('span', {class: 'muted'}, frame.similarity === undefined ? `${frame.camera} · ${time(frame.capturedAtMillis)}`
    : `${frame.camera} · ${number(frame.similarity, 3)}`))));
}

function problem(text) {
  byId('search-problem').textContent = text;
  byId('search-problem').hidden = !text;
}

async function near(id) {
  byId('tab-search').click();
  problem('');
  try {
    const {frame, neighbours} = await ask(`/api/nearest?id=${id}`);
    byId('search-found').replaceChildren(
      make('div', {class: 'found'},
        make('figure', {}, make('img', {src: frame.picture, alt: frame.label}),
          make('figcaption', {}, `${frame.label} · ${frame.camera} · ${time(frame.capturedAtMillis)}`)),
        make('div', {}, make('h2', {class: 'small'}, 'Nearest, by cosine of embeddings'), frames(neighbours))));
    scrollTo({top: 0});
  } catch (refused) {
    problem(refused.message);
  }
}

// What there is to choose from; a choice that is there no more stays until another is made.
function offer(select, values) {
  const chosen = select.value;
  const all = select.options[0];
  const names = chosen && !values.includes(chosen) ? [chosen, ...values] : values;
  select.replaceChildren(all, ...names.map(name => make('option', {value: name}, name)));
  select.value = chosen;
}

function query() {
  const chosen = new URLSearchParams();
  for (const name of ['camera', 'label', 'seconds']) {
    const value = byId(`filter-${name}`).value;
    if (value) chosen.set(name, value);
  }
  return chosen.toString();
}

const nothing = kept => make('p', {class: 'empty'}, kept ? 'None of the frames that are kept is like that.'
  : 'Frames are kept while somebody watches; none has come yet.');

export async function open() {
  try {
    const {frames: recent, found, kept, cameras, labels} = await ask(`/api/recent?${query()}`);
    offer(byId('filter-camera'), cameras);
    offer(byId('filter-label'), labels);
    byId('search-count').textContent = kept ? `${number(found)} of ${number(kept)}` : '';
    byId('search-recent').replaceChildren(recent.length ? frames(recent) : nothing(kept));
  } catch (refused) {
    problem(refused.message);
  }
}

export function begin() {
  byId('refresh').addEventListener('click', open);
  byId('search-filter').addEventListener('change', open);
  byId('search-filter').addEventListener('submit', event => event.preventDefault());
}
