// Camera tiles.
import * as alarms from './alarms.js';
import * as attention from './attention.js';
import {Bars, byId, make, millis, number, say} from './dom.js';

const NO_ALARMS = {rules: [], isSeen: false};

// Looks at the cameras, half a second apart, that must find the same ones before the first tiles are put up; later one is enough.
const FIRST_LOOKS = 4;

const tiles = new Map();

class Tile {
  constructor(camera) {
    this.image = make('img', {alt: `What ${camera} sees`, draggable: 'false', hidden: ''});
    this.bars = new Bars();
    this.stale = make('span', {class: 'badge warn', hidden: ''}, 'stale');
    this.alarm = make('span', {class: 'badge alarm', hidden: ''});
    this.rate = make('span');
    this.look = make('button', {class: 'button small look-at', type: 'button', hidden: '',
      'aria-label': `Attention: where the answer of ${camera} comes from`, onclick: () => attention.ofCamera(this.shown)}, 'Attention');
    this.p50 = make('dd');
    this.p99 = make('dd');
    this.right = make('dd');
    this.rightCell = make('div', {hidden: ''}, make('dt', {}, 'right'), this.right);
    this.element = make('article', {class: 'tile', 'aria-label': camera},
      make('div', {class: 'view'}, this.image, make('div', {class: 'badges'}, this.alarm, this.stale), this.look),
      make('div', {class: 'caption'}, make('h2', {title: camera}, camera), this.rate),
      this.bars.element,
      make('dl', {class: 'figures'},
        make('div', {}, make('dt', {}, 'p50'), this.p50),
        make('div', {}, make('dt', {}, 'p99'), this.p99),
        this.rightCell));
  }

  async picture(message) {
    const {jpeg, scores} = message;
    this.hasPicture = true;
    const next = new Image();
    next.src = `data:image/jpeg;base64,${jpeg}`;
    try {
      await next.decode();
    } catch {
      return;
    }
    this.image.src = next.src;
    this.image.hidden = false;
    this.shown = message;
    this.look.hidden = false;
    this.bars.show(scores);
  }

  figures(tile) {
    if (!this.hasPicture) this.bars.show(tile.scores);
    say(this.rate, `${number(tile.perSecond, 1)} / s`);
    say(this.p50, millis(tile.p50));
    say(this.p99, millis(tile.p99));
    say(this.right, tile.right === null ? '–' : `${number(100 * tile.right)} %`);
    this.rightCell.hidden = tile.right === null;
    this.stale.hidden = !tile.stale;
    say(this.stale, `stale, ${number(tile.silentMillis / 1000)} s`);
    this.element.classList.toggle('is-stale', tile.stale);
  }

  alarms({rules, isSeen}) {
    this.alarm.hidden = !rules.length;
    this.alarm.classList.toggle('seen', isSeen);
    say(this.alarm, rules.length > 1 ? `${rules[0]} and ${rules.length - 1} more` : rules[0] ?? '');
    this.alarm.title = rules.length ? `Alarms that are on: ${rules.join(', ')}` : '';
    this.element.classList.toggle('has-alarm', rules.length > 0);
    this.element.classList.toggle('is-seen', isSeen);
  }
}

let expected = 0;
let looks = 0;

// Those that come together are put up together, by name; whoever comes later goes to the end: no tile is moved from under a finger.
function putUp(cameras) {
  const fresh = cameras.filter(camera => !tiles.has(camera));
  looks = fresh.length === expected ? looks + 1 : 0;
  if (looks >= (tiles.size ? 1 : FIRST_LOOKS)) {
    for (const camera of fresh.sort((a, b) => a.localeCompare(b, 'en', {numeric: true}))) {
      const tile = new Tile(camera);
      tiles.set(camera, tile);
      byId('tiles').append(tile.element);
    }
    expected = 0;
    looks = 0;
  } else {
    expected = fresh.length;
  }
}

export function snapshot(state) {
  putUp(state.cameras.map(figures => figures.camera));
  for (const figures of state.cameras) tiles.get(figures.camera)?.figures(figures);
  const on = alarms.rulesOn(state.alarms);
  for (const [camera, tile] of tiles) tile.alarms(on.get(camera) ?? NO_ALARMS);
  alarms.snapshot(state.alarms);
  // With the first tile, so that none pushes it down; alone only where there is no camera.
  byId('alarms').hidden = !tiles.size && (state.cameras.length > 0 || !state.alarms.on.length && !state.alarms.cleared.length);
  byId('live-empty').hidden = tiles.size > 0;
  const until = state.latency === 'read' ? 'until its committed label was read again' : 'until its label was computed';
  const more = state.hidden ? ` ${state.hidden} more cameras are not shown.` : '';
  const left = state.leftOut ? ` ${number(state.leftOut)} answers were left out of this page, which was too slow for them; Kafka has them.` : '';
  say(byId('live-foot'), tiles.size ? `Figures of the last 10 seconds. Latency is from a picture’s capture ${until}.${more}${left}` : '');
}

export function picture(message) {
  tiles.get(message.camera)?.picture(message);
}
