// The pipeline: topology, stages, batches, lag, dead letters as they happen, the model; below, what is asked for (desk.js).
import {byId, bytes, draw, make, millis, number, say} from './dom.js';
import * as desk from './desk.js';
import {ask} from './link.js';

const cards = {};

function card(key, title, note) {
  // What scrolls is reached by keyboard.
  const body = make('div', {class: 'card-body', tabindex: ['batches', 'letters'].includes(key) ? '0' : null});
  cards[key] = body;
  return make('section', {class: `card card-${key}`, 'aria-label': title},
    make('h2', {}, title), note ? make('p', {class: 'note'}, note) : null, body);
}

// Replaces what a card shows, but only when it says something else than before.
function show(key, value, build) {
  const text = JSON.stringify(value);
  if (cards[key].dataset.shown === text) return;
  cards[key].dataset.shown = text;
  cards[key].replaceChildren(...build());
}

function begin() {
  byId('pipeline-cards').append(
    card('topology', 'Topology'),
    card('stages', 'Time per stage', 'Means of the last 10 seconds.'),
    card('batches', 'Batches', 'How many went out, by size, since the start.'),
    card('curve', 'Service curve s(b)', 'What a batch of b pictures takes; above it, slow ones.'),
    card('lag', 'Lag'),
    card('letters', 'Dead letters of this processor'),
    ...desk.cards(),
    card('model', 'Model card'));
}

function topology(p, state) {
  const box = (name, detail, kind) => make('div', {class: `node ${kind}`}, make('b', {}, name), make('span', {title: detail}, detail));
  const arrow = () => make('span', {class: 'arrow', 'aria-hidden': 'true'}, '→');
  return [make('div', {class: 'flow'},
    make('div', {class: 'group'}, ...p.inputs.map(topic => box('frames', topic, 'topic'))), arrow(),
    box('look-ahead', `${number(p.lookedAhead)} ahead${p.missed ? `, ${number(p.missed)} not` : ''}`, 'step'), arrow(),
    box('decode', bytes(p.bufferedBytes) + ' held', 'step'), arrow(),
    box('batch', `${p.waiting} waiting, limit ${p.batchLimit}`, 'step'), arrow(),
    box('model', state.model, 'step'), arrow(),
    box('classifier', `${p.threads} stream thread${p.threads === 1 ? '' : 's'}`, 'step'), arrow(),
    make('div', {class: 'group outputs'}, ...Object.entries(p.outputs).map(([what, topic]) => box(what, topic, 'topic')))),
  make('dl', {class: 'facts'},
    fact('state', state.state.toLowerCase()),
    fact('commit', millis(p.commitMillis)),
    fact('dropped, late', number(p.dropped.LATE)),
    fact('dropped, backlog', number(p.dropped.BACKLOG)),
    fact('threads replaced', number(p.restarts)))];
}

const fact = (name, value) => make('div', {}, make('dt', {}, name), make('dd', {}, value));

function rows(entries) {
  const most = Math.max(...entries.map(entry => entry.value ?? 0), 1e-9);
  return make('ol', {class: 'rows'}, ...entries.map(({name, value, text}) => {
    const fill = make('i');
    fill.style.transform = `scaleX(${(value ?? 0) / most})`;
    return make('li', {}, make('span', {class: 'row-name', title: name}, name),
      make('span', {class: 'bar-track', 'aria-hidden': 'true'}, fill), make('span', {class: 'bar-share'}, text));
  }));
}

// A tick that is 1, 2 or 5 times a power of ten.
function tick(span) {
  const power = 10 ** Math.floor(Math.log10(span));
  return [1, 2, 5, 10].map(step => step * power).find(step => span / step <= 4);
}

function curve(points) {
  if (points.length === 0) return [make('p', {class: 'empty'}, 'No batch has been run yet.')];
  const [width, height, left, bottom] = [420, 200, 44, 28];
  const mostBatch = Math.max(...points.map(point => point.batch));
  const mostMillis = Math.max(...points.map(point => point.slowMillis)) * 1.08;
  const x = batch => left + (width - left - 10) * batch / mostBatch;
  const y = value => height - bottom - (height - bottom - 8) * value / mostMillis;
  const path = key => points.map((point, i) => `${i ? 'L' : 'M'}${x(point.batch).toFixed(1)},${y(point[key]).toFixed(1)}`).join('');
  const step = tick(mostMillis);
  const lines = Array.from({length: Math.floor(mostMillis / step) + 1}, (_, i) => i * step);
  const sizes = points.length > 6 ? points.filter((_, i) => i % Math.ceil(points.length / 6) === 0) : points;
  return [draw('svg', {class: 'chart', viewBox: `0 0 ${width} ${height}`, role: 'img',
    'aria-label': `A batch of ${points[0].batch} takes ${millis(points[0].millis)}, one of ${mostBatch} ${millis(points.at(-1).millis)}`},
    ...lines.flatMap(value => [
      draw('line', {class: 'grid', x1: left, x2: width - 10, y1: y(value), y2: y(value)}),
      draw('text', {class: 'axis', x: left - 8, y: y(value) + 4, 'text-anchor': 'end'}, number(value, step < 1 ? 1 : 0))]),
    ...sizes.map(point => draw('text', {class: 'axis', x: x(point.batch), y: height - 8, 'text-anchor': 'middle'}, String(point.batch))),
    draw('path', {class: 'slow', d: path('slowMillis')}),
    draw('path', {class: 'mean', d: path('millis')}),
    ...points.map(point => draw('circle', {class: 'dot', cx: x(point.batch), cy: y(point.millis), r: 3.5},
      draw('title', {}, `${point.batch} pictures: ${millis(point.millis)}`)))),
  make('p', {class: 'legend'}, make('span', {class: 'key mean'}, 'mean, ms'), make('span', {class: 'key slow'}, 'near the 95th percentile'))];
}

function letters(state) {
  if (state.deadLetters.length === 0) return [make('p', {class: 'empty'}, 'None. Frames that cannot be read or decoded are listed here.')];
  return [make('p', {class: 'note'}, `${number(state.rejected)} since the start; the newest first.`),
    make('ul', {class: 'letters'}, ...state.deadLetters.slice(0, 12).map(letter => make('li', {},
      make('div', {}, make('b', {}, letter.code), make('span', {class: 'muted'}, letter.stage.toLowerCase()),
        make('time', {class: 'muted'}, new Date(letter.atMillis).toLocaleTimeString('en-GB'))),
      make('p', {}, letter.message),
      make('p', {class: 'muted'}, `${letter.camera || 'no camera'} · ${letter.topic}-${letter.partition}`))))];
}

function model(card) {
  const metrics = Object.entries(card.lineage.metrics);
  const p = card.preprocessing;
  return [make('dl', {class: 'facts wide'},
    fact('name', card.name),
    fact('labels', `${card.labels.length}: ${card.labels.slice(0, 6).join(', ')}${card.labels.length > 6 ? ', …' : ''}`),
    fact('input', `${p.width} × ${p.height}, ${p.resize.toLowerCase().replace('_', ' ')}, ${p.interpolation.toLowerCase()}`),
    fact('precision', `${card.precision.toLowerCase().replace('_', ' ')}, ${card.flavour.toLowerCase()}`),
    fact('embedding', `${card.embeddingSize} values`),
    fact('temperature', number(card.temperature, 3)),
    fact('recipe', card.lineage.recipe || '–'),
    fact('seed', String(card.lineage.seed)),
    ...metrics.map(([name, value]) => fact(name.replaceAll('_', ' '), number(value, 4))),
    fact('SHA-256', card.sha256),
    fact('engine', card.engine))];
}

let shownModel = '';

async function refreshModel(name) {
  if (name === shownModel) return;
  shownModel = name;
  try {
    const told = await ask('/api/model');
    show('model', told, () => model(told));
  } catch {
    shownModel = '';
  }
}

export function snapshot(state) {
  if (!cards.topology) begin();
  const p = state.pipeline;
  show('topology', [p.inputs, p.outputs, p.lookedAhead, p.missed, p.bufferedBytes, p.waiting, p.batchLimit, p.commitMillis, p.dropped, p.restarts, state.state, state.model],
    () => topology(p, state));
  show('stages', p.stages, () => [rows(p.stages.map(stage => ({name: stage.stage, value: stage.millis, text: millis(stage.millis)})))]);
  const sizes = Object.entries(p.sizes).map(([size, count]) => ({name: size, value: count, text: number(count)}));
  show('batches', sizes, () => [sizes.length ? rows(sizes) : make('p', {class: 'empty'}, 'No batch has been run yet.')]);
  show('curve', p.curve, () => curve(p.curve));
  show('lag', p.lag, () => [p.lag.length
    ? rows(p.lag.map(lag => ({name: `${lag.topic}-${lag.partition}`, value: lag.records, text: number(lag.records)})))
    : make('p', {class: 'empty'}, 'No partition is being read yet.')]);
  show('letters', state.deadLetters, () => letters(state));
  refreshModel(state.model);
}
