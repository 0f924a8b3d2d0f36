// Elements, made and filled. Text is set as text, never as markup: names of cameras and labels come from outside.

const SVG = 'http://www.w3.org/2000/svg';

export const byId = id => document.getElementById(id);

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'onclick') element.addEventListener('click', value);
    else if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}

export const make = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);

export const draw = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

// Touches the page only where something has changed.
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export const number = (value, digits = 0) => value === null || value === undefined ? '–'
  : value.toLocaleString('en', {minimumFractionDigits: digits, maximumFractionDigits: digits});

export const millis = value => value === null || value === undefined ? '–'
  : value >= 10000 ? `${number(value / 1000, 1)} s` : `${number(value, value < 10 ? 1 : 0)} ms`;

export const bytes = value => value < 1024 ? `${value} B`
  : value < 1048576 ? `${number(value / 1024)} KiB` : `${number(value / 1048576, 1)} MiB`;

const ROWS = 5;

// Label, bar and per cent: always as many rows, so that nothing jumps.
export class Bars {
  constructor() {
    this.rows = Array.from({length: ROWS}, () => {
      const label = make('span', {class: 'bar-label'});
      const fill = make('i');
      const share = make('span', {class: 'bar-share'});
      return {label, fill, share, row: make('li', {}, label, make('span', {class: 'bar-track', 'aria-hidden': 'true'}, fill), share)};
    });
    this.element = make('ol', {class: 'bars'}, ...this.rows.map(row => row.row));
  }

  show(scores) {
    this.rows.forEach(({label, fill, share}, i) => {
      const score = scores[i];
      say(label, score ? score.label : '');
      label.title = score ? score.label : '';
      say(share, score ? `${number(100 * score.probability, score.probability < 0.1 ? 1 : 0)} %` : '');
      fill.style.transform = `scaleX(${score ? score.probability : 0})`;
    });
  }
}
