//! Results to one HTML file: charts, maps and words.
//!
//! [`report`] writes the report card of a study; [`verify`] computes the figures of a written one again. The file needs
//! no network, prints to A4, and carries a manifest of every figure it shows. The same study gives the same bytes.

mod book;
mod card;
pub mod charts;
mod locale;
mod manifest;
pub mod map;
mod maps;
mod pages;
mod parts;
mod plans;
pub mod svg;
pub mod umbel;
mod verify;

pub use book::State;
pub use locale::Locale;
pub use manifest::{Manifest, SeriesOf};
pub use verify::{Difference, Verification, verify};

use card::Card;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use umbel_study::Study;

/// How a report is written.
#[derive(Clone, Debug, Default)]
pub struct ReportOptions {
    /// Language code; the first language of the layout that there are words for when left out.
    pub language: Option<String>,
}

/// Why a report could not be written or verified.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The report's own words do not exist in this language.
    #[error("there are no words for the language \"{0}\"; there are for {known}", known = Locale::languages().collect::<Vec<_>>().join(", "))]
    Language(String),
    /// An input file could not be read again for its hash.
    #[error("cannot read {0}: {1}")]
    Read(String, std::io::Error),
    /// The text carries no manifest.
    #[error("this is not a report of umbel: it carries no manifest")]
    NoManifest,
    /// The manifest is not understood.
    #[error("the manifest of this report is not understood: {0}")]
    Manifest(serde_json::Error),
}

/// Writes the report card of a study as one HTML file.
///
/// # Errors
/// When there are no words for the language, or an input file cannot be read again for its hash. What cannot be computed
/// is no error: the report says so in its place.
pub fn report(study: &Study, options: &ReportOptions) -> Result<String, ReportError> {
    let wanted = options
        .language
        .clone()
        .or_else(|| study.layout.languages.iter().find(|language| Locale::find(language).is_some()).cloned());
    let language = wanted.unwrap_or_else(|| "en".to_owned());
    let words = Locale::find(&language).ok_or_else(|| ReportError::Language(language.clone()))?;
    let card = Card::new(study, &words, &language);
    // The pages cite figures in the order in which they are written; the annex comes last and lists them all.
    let front = pages::front::page(&card);
    let targets = pages::targets::page(&card);
    let together = pages::together::page(&card);
    let chapters = pages::chapter::pages(&card);
    let places = pages::place::pages(&card);
    let plan = pages::plan::pages(&card);
    let sure = pages::sure::page(&card);
    let annex = pages::annex::page(&card);
    let files = manifest::files(study)?;
    let manifest = Manifest::new(study, &card.book.borrow(), files, &language);
    let body = html! {
        (front) (targets) (together) (chapters) (places) (plan) (sure) (annex)
    };
    Ok(document(&card, &manifest, &body).into_string())
}

fn document(card: &Card<'_>, manifest: &Manifest, body: &Markup) -> Markup {
    let layout = &card.study.layout;
    let title = match card.text(&layout.title) {
        "" => card.place(card.home),
        title => title.to_owned(),
    };
    let style = include_str!("style.css");
    let script = include_str!("script.js");
    html! {
        (DOCTYPE)
        html lang=(card.language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                // No network at all: what is not in the file cannot be asked for.
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
                meta name="generator" content=(manifest.program);
                title { (title) }
                style { (PreEscaped(style)) }
            }
            body {
                a.skip href="#main" { (card.t("skip")) }
                (definitions(card))
                (contents(card))
                main #main tabindex="-1" { (body) }
                footer {
                    p { (card.f("footer", &[("program", &manifest.program), ("content", &manifest.content[..16.min(manifest.content.len())])])) }
                    p { (card.t("footer_verify")) }
                }
                dialog #derivation aria-label=(card.t("derivation")) {
                    button type="button" data-close="" { (card.t("close")) }
                    div {}
                }
                script type="application/json" id=(manifest::ELEMENT) { (PreEscaped(manifest.json())) }
                script data-in=(card.t("zoom_in")) data-out=(card.t("zoom_out")) data-all=(card.t("zoom_all")) id="umbel-script" { (PreEscaped(script)) }
            }
        }
    }
}

/// Shapes, marks and patterns that drawings use.
fn definitions(card: &Card<'_>) -> Markup {
    let sheets: String = card.sheets.borrow().order.iter().map(|sheet| sheet.definitions()).collect();
    html! {
        svg.defs width="0" height="0" aria-hidden="true" focusable="false" {
            defs {
                (PreEscaped(umbel::definitions()))
                pattern #hatch width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    rect width="1.5" height="5" class="hatch-line" {}
                }
                @for (id, lines) in CLUSTER_PATTERNS {
                    pattern id=(id) width="6" height="6" patternUnits="userSpaceOnUse" {
                        rect width="6" height="6" class={ (id) "-ground" } {}
                        path d=(lines) class={ (id) "-lines" } {}
                    }
                }
                (PreEscaped(sheets))
            }
        }
    }
}

/// Patterns that tell the classes of clusters apart without colour: id and lines.
const CLUSTER_PATTERNS: [(&str, &str); 3] = [
    ("cl-ll", "M-1 1L1-1M0 6L6 0M5 7L7 5"),
    ("cl-hl", "M1.6 3a1.4 1.4 0 1 0 2.8 0a1.4 1.4 0 1 0-2.8 0"),
    ("cl-lh", "M0 1.5H6M0 4.5H6"),
];

fn contents(card: &Card<'_>) -> Markup {
    let item = |href: String, text: &str| html! { li { a href=(href) { (text) } } };
    let has = |shown: bool, href: &str, key: &str| html! { @if shown { (item(href.to_owned(), card.t(key))) } };
    html! {
        nav.contents aria-label=(card.t("contents")) {
            ul {
                (has(true, "#findings", "findings"))
                (has(!card.targets.is_empty(), "#targets", "targets"))
                (has(card.jurisdictions.len() > 1, "#together", "together"))
                @for chapter in &card.study.layout.chapter { (item(format!("#{}", parts::anchor("ch", &chapter.id)), parts::short(&card.chapter(&chapter.id)))) }
                @for place in &card.jurisdictions { (item(format!("#{}", parts::anchor("p", card.region.id(*place))), &card.place(*place))) }
                (has(!card.plans.is_empty(), "#plan", "plan"))
                (has(true, "#sure", "sure"))
                (has(true, "#annex", "annex"))
            }
        }
    }
}
