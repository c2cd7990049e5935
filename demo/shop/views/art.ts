/** The shop's pictures: small landscapes around one thing each, drawn in the page's own colours. */

import { html, raw } from "hono/html";

const drawings: Readonly<Record<string, string>> = {
  "fjell-2": `
    <path class="a-far" d="M0 128 52 74l34 30 44-56 60 66 28-24 82 62v68H0Z"/>
    <path class="a-near" d="M0 172c60-22 110-10 160-6s96-18 140-2v56H0Z"/>
    <path class="a-main" d="M76 184 150 88l74 96Z"/>
    <path class="a-dark" d="m150 88 26 96h-52Z"/>
    <path class="a-light" d="m150 110 14 74h-28Z"/>
    <path class="a-line" d="M150 88v-12M76 184l-16 8M224 184l16 8"/>`,
  "trek-45": `
    <circle class="a-sun" cx="226" cy="60" r="22"/>
    <path class="a-near" d="M0 190c80-16 220-16 300 0v30H0Z"/>
    <rect class="a-main" x="104" y="62" width="92" height="126" rx="26"/>
    <path class="a-dark" d="M104 96c0-26 20-46 46-46s46 20 46 46c-28 14-64 14-92 0Z"/>
    <rect class="a-dark" x="118" y="124" width="64" height="48" rx="12"/>
    <path class="a-line" d="M132 50c0-18 36-18 36 0M118 146h64M104 108c-18 8-18 56 0 66M196 108c18 8 18 56 0 66"/>
    <rect class="a-light" x="143" y="138" width="14" height="16" rx="4"/>`,
  drift: `
    <circle class="a-light" cx="70" cy="48" r="3"/><circle class="a-light" cx="118" cy="30" r="2"/><circle class="a-light" cx="232" cy="40" r="3"/>
    <path class="a-sun" d="M200 40a26 26 0 1 0 26 34 22 22 0 0 1-26-34Z"/>
    <path class="a-near" d="M0 186c90-14 210-14 300 0v34H0Z"/>
    <path class="a-main" d="M56 150c0-24 22-36 52-34l112 10c26 4 34 20 34 34s-12 28-38 28H108c-34 0-52-14-52-38Z"/>
    <path class="a-dark" d="M56 150c0-24 22-36 52-34l10 1c-22 8-26 58-2 71h-8c-34 0-52-14-52-38Z"/>
    <path class="a-line" d="M150 121c-10 20-10 48 0 67M188 124c-8 20-8 44 0 64M222 128c-6 18-6 42 0 58"/>`,
  ember: `
    <path class="a-near" d="M0 182c90-20 210-20 300 0v38H0Z"/>
    <path class="a-sun" d="M150 56c26 30 34 44 34 60a34 34 0 0 1-68 0c0-12 8-18 14-30 4 8 8 10 12 10 4-14 0-26 8-40Z"/>
    <path class="a-light" d="M150 98c12 14 15 20 15 28a15 15 0 0 1-30 0c0-8 6-12 9-18 2 3 4 4 6 4Z"/>
    <path class="a-dark" d="M104 140h92l-8 16h-76Z"/>
    <rect class="a-main" x="122" y="156" width="56" height="36" rx="10"/>
    <path class="a-line" d="m112 156-16 38M188 156l16 38M104 140v-12M196 140v-12"/>`,
  glow: `
    <circle class="a-halo" cx="150" cy="116" r="86"/><circle class="a-halo" cx="150" cy="116" r="58"/>
    <path class="a-near" d="M0 190c90-14 210-14 300 0v30H0Z"/>
    <rect class="a-dark" x="120" y="66" width="60" height="18" rx="9"/>
    <rect class="a-sun" x="124" y="84" width="52" height="76" rx="14"/>
    <rect class="a-light" x="138" y="96" width="24" height="52" rx="12"/>
    <rect class="a-dark" x="112" y="158" width="76" height="26" rx="10"/>
    <path class="a-line" d="M130 66c0-30 40-30 40 0M124 110h52M124 134h52"/>`,
  cairn: `
    <path class="a-far" d="M0 150c60-40 90-10 130-34s90-40 170-6v110H0Z"/>
    <path class="a-near" d="M0 188c90-14 210-14 300 0v32H0Z"/>
    <path class="a-line" d="M134 72c-8-12 8-18 0-32M160 72c-8-12 8-18 0-32"/>
    <path class="a-main" d="M104 92h88v74a22 22 0 0 1-22 22h-44a22 22 0 0 1-22-22Z"/>
    <path class="a-dark" d="M100 84h96v14h-96Z"/>
    <path class="a-handle" d="M192 110h14a16 16 0 0 1 16 16v8a16 16 0 0 1-16 16h-14"/>
    <path class="a-light" d="M130 150c8-4 10-10 18-10s12 8 22 10v8h-40Z"/>`,
};

/** Decoration: the product's name stands beside it. */
export const productArt = (slug: string) =>
  html`<svg class="art art-${slug}" viewBox="0 0 300 220" preserveAspectRatio="xMidYMid slice" aria-hidden="true">${raw(drawings[slug] ?? "")}</svg>`;

export const heroArt = () =>
  html`<svg class="art art-hero" viewBox="0 0 1200 420" preserveAspectRatio="xMaxYMax slice" aria-hidden="true">${raw(`
    <circle class="a-sun" cx="930" cy="120" r="54"/>
    <path class="a-back" d="M0 300 160 190l90 60 150-150 140 130 110-70 170 140 120-110 260 160v170H0Z"/>
    <path class="a-far" d="M0 340c140-70 260-30 380-56s220-76 360-10 300-6 460-40v186H0Z"/>
    <path class="a-near" d="M0 380c180-46 340-10 520-24s320-50 680-4v68H0Z"/>
    <path class="a-main" d="m906 362 44-62 44 62Z"/><path class="a-dark" d="m950 300 14 62h-28Z"/>
    <path class="a-tree" d="m1050 366 16-52 16 52Zm34 4 20-66 20 66Zm-960-2 18-60 18 60Zm46 6 14-44 14 44Z"/>`)}</svg>`;

export const logo = () =>
  html`<svg class="logo" viewBox="0 0 32 32" aria-hidden="true"><path class="a-main" d="M3 27 13 8l5 9 3-4 8 14Z"/><path class="a-light" d="m13 8 3.2 5.8L13 17l-2.8-3.6Z"/></svg>`;
