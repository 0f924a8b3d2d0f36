// From which patches an answer comes: asked for one picture, and laid over that one.
import {byId, make, number, say} from './dom.js';
import {ask, send} from './link.js';

// Cividis (Nuñez, Anderton and Renslow 2018), at tenths: the same for eyes that do not tell red from green.
const MAP = [[0, 34, 78], [18, 53, 112], [59, 73, 108], [87, 93, 109], [112, 113, 115], [138, 134, 120], [165, 156, 116], [195, 179, 105], [225, 204, 85], [254, 232, 56]];

function colour(share) {
  const at = Math.min(1, Math.max(0, share)) * (MAP.length - 1);
  const low = Math.min(MAP.length - 2, Math.floor(at));
  return MAP[low].map((value, i) => Math.round(value + (at - low) * (MAP[low + 1][i] - value)));
}

const per = (value, digits) => `${number(100 * value, digits)} %`;

// A pixel for each patch; the style makes squares of them.
function paint(canvas, shares) {
  const side = Math.round(Math.sqrt(shares.length));
  const most = Math.max(...shares);
  canvas.width = side;
  canvas.height = side;
  const image = canvas.getContext('2d').createImageData(side, side);
  shares.forEach((share, i) => image.data.set([...colour(most ? share / most : 0), 255], 4 * i));
  canvas.getContext('2d').putImageData(image, 0, 0);
}

// In words, for those who do not see the colours.
function words(shares) {
  const side = Math.round(Math.sqrt(shares.length));
  const order = shares.map((share, i) => [share, i]).sort((a, b) => b[0] - a[0]);
  const half = shares.reduce((sum, share) => sum + share, 0) / 2;
  let sum = 0;
  const needed = order.findIndex(([share]) => (sum += share) >= half) + 1;
  const [most, at] = order[0];
  return `Of ${side} × ${side} patches most comes from row ${Math.floor(at / side) + 1}, column ${at % side + 1} (${per(most, 1)}); half of it from ${needed} of ${shares.length}.`;
}

// The part of the picture that the model saw: all of it, or the middle that its crop leaves.
function place(canvas, image, {resize, resizeTo, width, height}) {
  const scale = resize === 'SHORTEST_SIDE' ? resizeTo / Math.min(image.naturalWidth, image.naturalHeight) : 0;
  const wide = scale ? Math.min(1, width / (scale * image.naturalWidth)) : 1;
  const high = scale ? Math.min(1, height / (scale * image.naturalHeight)) : 1;
  Object.assign(canvas.style, {left: per((1 - wide) / 2, 2).replace(' ', ''), width: per(wide, 2).replace(' ', ''), top: per((1 - high) / 2, 2).replace(' ', ''), height: per(high, 2).replace(' ', '')});
}

const dialog = byId('attention');
const image = byId('attention-image');
const canvas = byId('attention-map');
const opacity = byId('attention-opacity');
const controls = byId('attention-controls');
let asked = 0;

function show(answer) {
  const [top] = answer.scores;
  paint(canvas, answer.shares);
  place(canvas, image, answer.preprocessing);
  const told = words(answer.shares);
  canvas.setAttribute('aria-label', `Where “${top.label}” came from. ${told}`);
  canvas.hidden = false;
  controls.hidden = false;
  say(byId('attention-most'), `most, ${per(Math.max(...answer.shares), 1)}`);
  say(byId('attention-said'), `${top.label}, ${per(top.probability, 1)}`);
  const rest = 1 - answer.shares.reduce((sum, share) => sum + share, 0);
  const own = answer.agrees ? `The explain file says the same, with ${per(answer.probability, 1)}.`
    : `The explain file itself says ${answer.ownLabel}, and gives this label ${per(answer.probability, 1)}: take what is shown with care.`;
  byId('attention-told').replaceChildren(
    make('p', {}, told, rest > 0.001 ? ` ${per(rest, 1)} came by tokens that have no place.` : ''),
    make('p', {class: 'muted'}, `Attention rollout over ${answer.blocks} blocks, mean of ${answer.heads} heads, from ${answer.pooling}. It follows attention only, and is no proof of a cause.`),
    make('p', {class: 'muted'}, `${answer.model} ${answer.precision}, SHA-256 ${answer.sha256.slice(0, 12)}…, explained in float32 by ${answer.file} in ${number(answer.millis)} ms. ${own}`));
}

// Not by decode(): that waits for a frame to be drawn, which a page that is not seen may never do.
const load = source => new Promise((resolve, reject) => {
  image.onload = resolve;
  image.onerror = () => reject(new Error('This browser cannot show the picture.'));
  image.src = source;
});

// The picture stays as it is while it is looked at; the camera goes on behind it.
async function look(source, title, question) {
  const mine = ++asked;
  const loaded = load(source);
  canvas.hidden = true;
  controls.hidden = true;
  say(byId('attention-title'), 'Attention');
  say(byId('attention-of'), title);
  say(byId('attention-said'), '');
  byId('attention-told').replaceChildren(make('p', {class: 'muted'}, 'Computing …'));
  dialog.showModal();
  try {
    await loaded;
    image.parentElement.style.setProperty('--ratio', String(image.naturalWidth / image.naturalHeight));
    const answer = await question();
    if (mine !== asked) return;
    if (answer.missing) byId('attention-told').replaceChildren(make('p', {class: 'empty'}, answer.missing));
    else show(answer);
  } catch (problem) {
    if (mine === asked) byId('attention-told').replaceChildren(make('p', {class: 'problem', role: 'alert'}, problem.message));
  }
}

const time = at => new Date(at).toLocaleTimeString('en-GB', {hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 2});

export const ofCamera = ({id, camera, capturedAtMillis, jpeg}) =>
  look(`data:image/jpeg;base64,${jpeg}`, `${camera}, the picture of ${time(capturedAtMillis)}`, () => ask(`/api/attention?id=${id}`));

export const ofFile = (file, source) => look(source, file.name, () => send('/api/try-attention', file));

export function begin() {
  const apply = () => { canvas.style.opacity = opacity.value / 100; say(byId('attention-percent'), `${opacity.value} %`); };
  opacity.addEventListener('input', apply);
  apply();
  byId('attention-close').addEventListener('click', () => dialog.close());
  // Beside the dialog is its backdrop.
  dialog.addEventListener('click', event => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener('close', () => { asked++; });
}
