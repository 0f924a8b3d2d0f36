// One picture of your own: what the model says, what it saw, what looked like it lately.
import * as attention from './attention.js';
import {Bars, byId, make, millis} from './dom.js';
import {send} from './link.js';
import {frames} from './search.js';

const MOST_BYTES = 16 * 1024 * 1024;

function problem(text) {
  byId('try-problem').textContent = text;
  byId('try-problem').hidden = !text;
}

const asDataUrl = file => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result);
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(file);
});

async function attempt(file) {
  problem('');
  if (file.size > MOST_BYTES) return problem('The picture is larger than 16 MiB.');
  byId('drop').classList.add('busy');
  try {
    const answer = await send('/api/try', file);
    const source = await asDataUrl(file);
    const bars = new Bars();
    bars.show(answer.scores);
    byId('try-answer').replaceChildren(
      make('div', {class: 'pair'},
        make('figure', {}, make('img', {src: source, alt: 'Your picture'}), make('figcaption', {}, file.name)),
        make('figure', {}, make('img', {class: 'pixels', src: answer.pixels, alt: 'What the model saw'}),
          make('figcaption', {}, `What the model saw: ${answer.width} × ${answer.height} pixels, every one as it was`)),
        make('div', {class: 'said'}, make('h2', {}, answer.scores[0].label), bars.element,
          make('p', {class: 'muted'}, `${answer.model}, ${millis(answer.millis)}`),
          make('button', {class: 'button', type: 'button', onclick: () => attention.ofFile(file, source)}, 'Attention'))),
      make('h2', {class: 'small'}, 'Looked like it lately'),
      answer.neighbours.length ? frames(answer.neighbours) : make('p', {class: 'empty'}, 'No frame has been shown yet to compare with.'));
  } catch (refused) {
    byId('try-answer').replaceChildren();
    problem(refused.message);
  } finally {
    byId('drop').classList.remove('busy');
  }
}

export function begin() {
  const drop = byId('drop');
  byId('file').addEventListener('change', event => {
    if (event.target.files[0]) attempt(event.target.files[0]);
    event.target.value = '';
  });
  for (const kind of ['dragenter', 'dragover']) {
    drop.addEventListener(kind, event => { event.preventDefault(); drop.classList.add('over'); });
  }
  drop.addEventListener('dragleave', () => drop.classList.remove('over'));
  drop.addEventListener('drop', event => {
    event.preventDefault();
    drop.classList.remove('over');
    if (event.dataTransfer.files[0]) attempt(event.dataTransfer.files[0]);
  });
}
