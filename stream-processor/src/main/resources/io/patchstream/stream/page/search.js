// Nearest frames by embedding, among those that were shown lately.
import {byId, make, number} from './dom.js';
import {ask} from './link.js';

const time = at => new Date(at).toLocaleTimeString('en-GB');

export function frames(list, chosen) {
  return make('div', {class: 'strip'}, ...list.map(frame => make('button', {
    class: 'frame', type: 'button', 'aria-pressed': String(frame.id === chosen),
    'aria-label': `${frame.camera}, ${frame.label}: find frames like it`, onclick: () => near(frame.id),
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

export async function open() {
  try {
    const {frames: recent} = await ask('/api/recent');
    byId('search-recent').replaceChildren(recent.length ? frames(recent)
      : make('p', {class: 'empty'}, 'Frames are kept while somebody watches; none has come yet.'));
  } catch (refused) {
    problem(refused.message);
  }
}

export const begin = () => byId('refresh').addEventListener('click', open);
