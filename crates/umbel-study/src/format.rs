//! Numbers and units for people, by language: labels from the region's `units` table, large amounts in words.

use umbel_core::money::is_currency;
use umbel_core::unit::Dimension;
use umbel_core::{Atom, Bound, Date, Period, Symbol, Unit};
use umbel_table::Region;

/// A figure as people read it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Sign of a bound, digits, and the scale word where the language writes it on the number (`9.97万亿`).
    pub number: String,
    /// Unit with its scale word (`trillion yuan`); empty for a plain number or a class.
    pub unit: String,
}

impl Shown {
    /// Number and unit in one text: `9.97 trillion yuan`, `73 %`, `9.97万亿元`.
    pub fn text(&self) -> String {
        let wide = self.unit.chars().next().is_some_and(|c| c as u32 >= 0x2e80);
        match (self.unit.is_empty(), wide || self.unit == "%" || self.unit == "°") {
            (true, _) => self.number.clone(),
            (_, true) => format!("{}{}", self.number, self.unit),
            _ => format!("{} {}", self.number, self.unit),
        }
    }
}

/// How the figures of one indicator are shown.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Decimals in the indicator's own unit; `None` = three significant digits.
    pub decimals: Option<u8>,
    /// Whether it is a part of a whole: a plain fraction is then shown in per cent.
    pub share: bool,
    /// Scale of a class: the value is shown by the title of its step.
    pub scale: Symbol,
}

impl Default for Look {
    fn default() -> Look {
        Look { decimals: None, share: false, scale: Symbol::NONE }
    }
}

/// Writes figures of a region in one language.
#[derive(Clone, Copy, Debug)]
pub struct Format<'a> {
    region: &'a Region,
    language: &'a str,
}

impl<'a> Format<'a> {
    /// For a region and a language code (`en`, `zh`, ...).
    pub fn new(region: &'a Region, language: &'a str) -> Format<'a> {
        Format { region, language }
    }

    fn chinese(&self) -> bool {
        self.language == "zh" || self.language.starts_with("zh-")
    }

    /// A figure in a unit. Amounts of money and of counted things are put in words when large and when the unit they
    /// count in has a name; a bound shows as its sign.
    pub fn value(&self, value: f64, unit: &Unit, look: Look, bound: Bound) -> Shown {
        if look.scale.is_some()
            && let Some(title) = self.class(look.scale, value)
        {
            return Shown { number: title.to_owned(), unit: String::new() };
        }
        let sign = match bound {
            Bound::Exact => "",
            bound => bound.sign(),
        };
        if look.share && unit.is_dimensionless() && *unit == Unit::one() {
            let decimals = look.decimals.map(|d| d.saturating_sub(2));
            return Shown {
                number: format!("{sign}{}", self.number(value * 100.0, decimals.or(Some(1)))),
                unit: "%".into(),
            };
        }
        if let Some(name) = self.counted(unit)
            && let Some(shown) = self.in_words(value, unit, look, &name)
        {
            return Shown { number: format!("{sign}{}", shown.number), unit: shown.unit };
        }
        Shown { number: format!("{sign}{}", self.number(value, look.decimals)), unit: self.unit(unit) }
    }

    /// The unit's own name for one of what it counts, when it is an amount of a currency or of a thing with a label.
    fn counted(&self, unit: &Unit) -> Option<String> {
        let [(Dimension::Annotation(name), 1)] = unit.dimensions() else { return None };
        let base = Unit::parse(&format!("{{{name}}}")).ok()?;
        // A unit that has labels in other sizes only ("million TEU") stays in those.
        let labelled = || {
            self.region.units.iter().any(|row| Unit::parse(&row.unit).is_ok_and(|parsed| parsed.same_dimension(unit)))
        };
        self.label(&base)
            .map(str::to_owned)
            .or_else(|| self.currency(name))
            .or_else(|| (!labelled()).then(|| name.replace('_', " ")))
    }

    fn currency(&self, annotation: &str) -> Option<String> {
        if !is_currency(annotation) {
            return None;
        }
        let (code, year) = annotation.split_once('_').map_or((annotation, None), |(code, year)| (code, Some(year)));
        let known = [
            ("CNY", "yuan", "元"),
            ("USD", "US dollars", "美元"),
            ("EUR", "euros", "欧元"),
            ("GBP", "pounds", "英镑"),
            ("JPY", "yen", "日元"),
            ("KRW", "won", "韩元"),
            ("INR", "rupees", "卢比"),
            ("BRL", "reais", "雷亚尔"),
        ];
        let (_, english, chinese) = known.iter().find(|(known, ..)| *known == code)?;
        let name = if self.chinese() { chinese } else { english };
        Some(match (year, self.chinese()) {
            (None, _) => (*name).to_owned(),
            (Some(year), true) => format!("{name}（{year}年价）"),
            (Some(year), false) => format!("{name} of {year}"),
        })
    }

    /// Large amounts in words; `None` where a plain number reads better.
    fn in_words(&self, value: f64, unit: &Unit, look: Look, name: &str) -> Option<Shown> {
        let (numerator, denominator) = unit.scale();
        let scale = numerator as f64 / denominator as f64;
        let base = value * scale;
        let words: &[(f64, &str)] = if self.chinese() {
            &[(1e12, "万亿"), (1e8, "亿"), (1e4, "万")]
        } else {
            &[(1e12, "trillion"), (1e9, "billion"), (1e6, "million")]
        };
        let word = words.iter().find(|(step, _)| base.abs() >= *step * 0.999_95);
        let Some((step, word)) = word else {
            // Small: in single things, with the decimals that the indicator's unit leaves.
            let lost = scale.log10().round().max(0.0) as u8;
            let decimals = look.decimals.map(|d| d.saturating_sub(lost)).or((base.fract() == 0.0).then_some(0));
            let number = self.number(base, decimals);
            let unit = match unit.dimensions() {
                // Codes of what is counted are singular: one is "1 project", though the label says "projects".
                [(Dimension::Annotation(one), 1)] if number == "1" && self.language == "en" && !is_currency(one) => {
                    one.replace('_', " ")
                }
                _ => name.to_owned(),
            };
            return Some(Shown { number, unit });
        };
        let scaled = base / step;
        // Two decimals below a hundred, one above, none from a thousand on; never more digits than the indicator shows.
        let usual = match scaled.abs() {
            v if v < 99.995 => 2,
            v if v < 999.95 => 1,
            _ => 0,
        };
        let held = look.decimals.map_or(9.0, |d| f64::from(d) + (step / scale).log10()).clamp(0.0, 9.0) as u8;
        let number = self.number(scaled, Some(usual.min(held)));
        let unit = if self.chinese() { format!("{word}{name}") } else { format!("{word} {name}") };
        Some(Shown { number, unit })
    }

    /// A number with grouped thousands; `None` decimals = three significant digits, trailing zeros dropped.
    pub fn number(&self, value: f64, decimals: Option<u8>) -> String {
        if !value.is_finite() {
            return "–".to_owned();
        }
        let text = match decimals {
            Some(decimals) => format!("{:.*}", usize::from(decimals.min(9)), value.abs()),
            None => significant(value.abs()),
        };
        let (whole, rest) = text.split_once('.').map_or((text.as_str(), ""), |(whole, rest)| (whole, rest));
        let mut out = String::with_capacity(text.len() + 4);
        if value < 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
            out.push('−');
        }
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                out.push(',');
            }
            out.push(digit);
        }
        if !rest.is_empty() {
            out.push('.');
            out.push_str(rest);
        }
        out
    }

    /// Title of a step of a scale: the step whose rank is nearest to the value.
    pub fn class(&self, scale: Symbol, value: f64) -> Option<&'a str> {
        let steps = self.region.scales.iter().filter(|step| step.scale == scale);
        let distance = |rank: i32| (f64::from(rank) - value).abs();
        steps.min_by(|a, b| distance(a.rank).total_cmp(&distance(b.rank))).map(|step| step.title.get(self.language))
    }

    fn label(&self, unit: &Unit) -> Option<&'a str> {
        let rows = || self.region.units.iter();
        let row = rows()
            .find(|row| row.unit == unit.text())
            .or_else(|| rows().find(|row| Unit::parse(&row.unit).is_ok_and(|parsed| parsed == *unit)))?;
        Some(row.label.get(self.language))
    }

    /// A unit as people write it: the region's label for it, else the code made readable.
    pub fn unit(&self, unit: &Unit) -> String {
        if let Some(label) = self.label(unit) {
            return label.to_owned();
        }
        if *unit == Unit::one() {
            return String::new();
        }
        if let Some(name) = self.counted(unit) {
            let (numerator, denominator) = unit.scale();
            return match (numerator, denominator, self.chinese()) {
                (1, 1, _) => name,
                (10_000, 1, true) => format!("万{name}"),
                (100_000_000, 1, true) => format!("亿{name}"),
                (1_000, 1, false) => format!("thousand {name}"),
                (1_000_000, 1, false) => format!("million {name}"),
                (1_000_000_000, 1, false) => format!("billion {name}"),
                (n, 1, chinese) => {
                    format!("{}{}{name}", self.number(n as f64, Some(0)), if chinese { "" } else { " " })
                }
                _ => self.readable(unit.text()),
            };
        }
        self.readable(unit.text())
    }

    /// A UCUM code made readable: braces dropped, powers raised, `u` as micro, known parts by their labels.
    fn readable(&self, code: &str) -> String {
        let part = |part: &str| -> String {
            if part.is_empty() || part == "1" {
                return String::new();
            }
            if let Ok(unit) = Unit::parse(part)
                && let Some(label) = self.label(&unit)
            {
                return label.to_owned();
            }
            let inner = part.trim_start_matches('{').trim_end_matches('}');
            if inner.len() < part.len() {
                return self.currency(inner).unwrap_or_else(|| inner.replace('_', " "));
            }
            if let Some(power) = part.strip_prefix("10*") {
                return power
                    .parse::<u32>()
                    .ok()
                    .and_then(|p| 10_i128.checked_pow(p))
                    .map_or_else(|| part.to_owned(), |n| self.number(n as f64, Some(0)));
            }
            let mut text = part.replace("ug", "µg").replace("um", "µm");
            for (plain, raised) in [('2', '²'), ('3', '³')] {
                if text.ends_with(plain) {
                    text.pop();
                    text.push(raised);
                }
            }
            text
        };
        let product = |text: &str| text.split('.').map(part).filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ");
        let mut parts = code.split('/');
        let top = product(parts.next().unwrap_or(""));
        // One of what it counts: "yuan per person", though the label says "people".
        let below = parts.map(|text| match text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(one) if self.language == "en" && !is_currency(one) => one.replace('_', " "),
            _ => product(text),
        });
        let below: Vec<String> = below.collect();
        match (below.is_empty(), self.chinese()) {
            (true, _) => top,
            (false, true) => format!("{top}/{}", below.join("/")),
            (false, false) => format!("{top} per {}", below.join(" per ")).trim().to_owned(),
        }
    }

    /// A difference between two figures of one unit, with its sign: `+1.2`, `−0.4`.
    pub fn signed(&self, value: f64, decimals: Option<u8>) -> String {
        let text = self.number(value, decimals);
        let zero = !text.bytes().any(|b| (b'1'..=b'9').contains(&b));
        if value > 0.0 && !zero { format!("+{text}") } else { text }
    }

    /// A period as people write it: `2022`, `July 2022`, `2014–2022`; `2022年7月`, `2014—2022年`.
    pub fn period(&self, period: Period) -> String {
        match period.atoms() {
            (from, None) => self.atom(from),
            (Atom::Year(from), Some(Atom::Year(to))) if self.chinese() => format!("{from}—{to}年"),
            (from, Some(to)) => {
                format!("{}{}{}", self.atom(from), if self.chinese() { "至" } else { "–" }, self.atom(to))
            }
        }
    }

    fn atom(&self, atom: Atom) -> String {
        let chinese = self.chinese();
        match atom {
            Atom::Year(y) if chinese => format!("{y}年"),
            Atom::Year(y) => y.to_string(),
            Atom::Half(y, 1) if chinese => format!("{y}年上半年"),
            Atom::Half(y, _) if chinese => format!("{y}年下半年"),
            Atom::Half(y, 1) => format!("first half of {y}"),
            Atom::Half(y, _) => format!("second half of {y}"),
            Atom::Quarter(y, q) if chinese => format!("{y}年第{q}季度"),
            Atom::Quarter(y, q) => format!("Q{q} {y}"),
            Atom::Month(y, m) if chinese => format!("{y}年{m}月"),
            Atom::Month(y, m) => format!("{} {y}", month(m)),
            Atom::Week(y, w) if chinese => format!("{y}年第{w}周"),
            Atom::Week(y, w) => format!("week {w} of {y}"),
            Atom::Day(d) => self.date(d),
        }
    }

    /// A day: `29 July 2022`, `2022年7月29日`.
    pub fn date(&self, date: Date) -> String {
        if self.chinese() {
            format!("{}年{}月{}日", date.year(), date.month(), date.day())
        } else {
            format!("{} {} {}", date.day(), month(date.month().unsigned_abs()), date.year())
        }
    }
}

fn month(number: u8) -> &'static str {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    NAMES.get(usize::from(number).saturating_sub(1)).copied().unwrap_or("")
}

/// Three significant digits, whole numbers in full, trailing zeros dropped.
fn significant(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let places = (2.0 - value.log10().floor()).clamp(0.0, 9.0) as usize;
    let text = format!("{value:.places$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use umbel_core::Text;
    use umbel_table::rows::UnitLabel;

    fn region() -> Region {
        let mut region = Region::default();
        for (unit, en, zh) in [
            ("{person}", "people", "人"),
            ("10*8.{CNY}", "100 million yuan", "亿元"),
            ("ug/m3", "µg/m³", "微克/立方米"),
            ("10*6.{TEU}", "million TEU", "百万标箱"),
            ("{CNY}/{person}", "yuan per person", "元/人"),
        ] {
            let mut label = Text::plain(en);
            label.set("zh", zh);
            region.units.push(UnitLabel { origin: Default::default(), unit: unit.into(), label });
        }
        region
    }

    fn shown(language: &str, value: f64, unit: &str, decimals: Option<u8>) -> String {
        let region = region();
        let look = Look { decimals, ..Look::default() };
        Format::new(&region, language).value(value, &Unit::parse(unit).unwrap(), look, Bound::Exact).text()
    }

    #[test]
    fn large_amounts_are_in_words() {
        assert_eq!(shown("en", 99_661.0, "10*8.{CNY}", Some(0)), "9.97 trillion yuan");
        assert_eq!(shown("zh", 99_661.0, "10*8.{CNY}", Some(0)), "9.97万亿元");
        assert_eq!(shown("en", 356.9, "10*8.{CNY}", Some(1)), "35.69 billion yuan");
        assert_eq!(shown("zh", 356.9, "10*8.{CNY}", Some(1)), "356.9亿元");
        assert_eq!(shown("en", 10_967.0, "10*4.{person}", Some(0)), "109.7 million people");
        assert_eq!(shown("zh", 10_967.0, "10*4.{person}", Some(0)), "1.10亿人");
        assert_eq!(shown("en", 1_225_000.0, "{person}", Some(0)), "1.23 million people");
        assert_eq!(shown("en", 61_234.0, "{person}", Some(0)), "61,234 people");
        assert_eq!(shown("en", 0.0, "{person}", Some(0)), "0 people");
        assert_eq!(shown("en", 1.0, "{person}", Some(0)), "1 person");
        assert_eq!(shown("en", -2.5, "10*8.{CNY}", Some(1)), "−250 million yuan");
    }

    #[test]
    fn units_without_a_word_stay_as_labelled() {
        assert_eq!(shown("en", 21.02, "10*6.{TEU}", Some(2)), "21.02 million TEU");
        assert_eq!(shown("en", 30.0, "ug/m3", Some(0)), "30 µg/m³");
        assert_eq!(shown("zh", 186_912.4, "{CNY}/{person}", Some(0)), "186,912元/人");
        assert_eq!(shown("en", 5.25, "{bed}/10*3.{person}", Some(2)), "5.25 bed per 1,000 people");
        assert_eq!(shown("en", 66.5, "%", Some(1)), "66.5%");
        assert_eq!(shown("en", 12.0, "m2/{person}", Some(0)), "12 m² per person");
        assert_eq!(shown("en", 0.2978, "1", None), "0.298");
        assert_eq!(shown("en", 7.0, "km2", Some(0)), "7 km²");
        assert_eq!(shown("en", 1e6, "{EUR_2015}", Some(0)), "1.00 million euros of 2015");
    }

    #[test]
    fn shares_bounds_and_signs() {
        let region = region();
        let format = Format::new(&region, "en");
        let share = Look { share: true, decimals: Some(3), ..Look::default() };
        assert_eq!(format.value(0.7346, &Unit::one(), share, Bound::Above).text(), ">73.5%");
        assert_eq!(format.signed(-0.04, Some(1)), "0.0");
        assert_eq!(format.signed(1234.5, Some(1)), "+1,234.5");
        assert_eq!(format.number(f64::NAN, None), "–");
    }

    #[test]
    fn periods_read_as_people_write_them() {
        let region = region();
        let (en, zh) = (Format::new(&region, "en"), Format::new(&region, "zh"));
        for (period, english, chinese) in [
            ("2022", "2022", "2022年"),
            ("2022-07", "July 2022", "2022年7月"),
            ("2014/2022", "2014–2022", "2014—2022年"),
            ("2023-02-10", "10 February 2023", "2023年2月10日"),
            ("2014-02/2023-02", "February 2014–February 2023", "2014年2月至2023年2月"),
        ] {
            let period = Period::parse(period).unwrap();
            assert_eq!((en.period(period).as_str(), zh.period(period).as_str()), (english, chinese));
        }
    }
}
