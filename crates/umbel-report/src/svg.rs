//! SVG text: numbers with stable bytes, escaping, widths of words, line breaks.

use std::fmt::Write;

/// A coordinate: one decimal, no trailing zero, no negative zero.
pub fn number(value: f64) -> String {
    decimals(value, 1)
}

/// A number with at most so many decimals, no trailing zeros, no negative zero.
pub fn decimals(value: f64, places: usize) -> String {
    let value = if value.is_finite() { value } else { 0.0 };
    let mut text = format!("{value:.places$}");
    if text.contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    if text == "-0" { "0".to_owned() } else { text }
}

/// Text with the five characters of XML escaped.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// An SVG under construction: elements are appended in the order in which they are painted.
#[derive(Clone, Debug, Default)]
pub struct Svg {
    body: String,
}

impl Svg {
    /// An empty picture.
    pub fn new() -> Svg {
        Svg::default()
    }

    /// Opens an element with attributes; close it with [`Svg::close`].
    pub fn open(&mut self, name: &str, attributes: &[(&str, &str)]) -> &mut Svg {
        self.tag(name, attributes, ">")
    }

    /// Closes an element.
    pub fn close(&mut self, name: &str) -> &mut Svg {
        let _ = write!(self.body, "</{name}>");
        self
    }

    /// An element without content.
    pub fn element(&mut self, name: &str, attributes: &[(&str, &str)]) -> &mut Svg {
        self.tag(name, attributes, "/>")
    }

    /// An element with text.
    pub fn text_element(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) -> &mut Svg {
        self.tag(name, attributes, ">");
        self.body.push_str(&escape(text));
        self.close(name)
    }

    /// Text at a point.
    pub fn text(&mut self, x: f64, y: f64, class: &str, text: &str) -> &mut Svg {
        self.text_element("text", &[("x", &number(x)), ("y", &number(y)), ("class", class)], text)
    }

    /// A straight line.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &str) -> &mut Svg {
        let path = format!("M{} {}L{} {}", number(from.0), number(from.1), number(to.0), number(to.1));
        self.path(&path, class)
    }

    /// A path.
    pub fn path(&mut self, data: &str, class: &str) -> &mut Svg {
        self.element("path", &[("d", data), ("class", class)])
    }

    /// A circle.
    pub fn circle(&mut self, x: f64, y: f64, radius: f64, class: &str) -> &mut Svg {
        self.element("circle", &[("cx", &number(x)), ("cy", &number(y)), ("r", &number(radius)), ("class", class)])
    }

    /// A rectangle.
    pub fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, class: &str) -> &mut Svg {
        let (x, y, width, height) = (number(x), number(y), number(width.max(0.0)), number(height.max(0.0)));
        self.element("rect", &[("x", &x), ("y", &y), ("width", &width), ("height", &height), ("class", class)])
    }

    /// Markup that was made elsewhere.
    pub fn raw(&mut self, markup: &str) -> &mut Svg {
        self.body.push_str(markup);
        self
    }

    /// The elements so far.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// The whole picture; `attributes` beside the view box (class, role, label ...).
    pub fn finish(self, view: (f64, f64, f64, f64), attributes: &[(&str, &str)]) -> String {
        let (x, y, width, height) = view;
        let view = format!("{} {} {} {}", number(x), number(y), number(width), number(height));
        let mut out = Svg::new();
        let mut all = vec![("viewBox", view.as_str())];
        all.extend_from_slice(attributes);
        out.open("svg", &all);
        out.body.push_str(&self.body);
        out.close("svg");
        out.body
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)], end: &str) -> &mut Svg {
        let _ = write!(self.body, "<{name}");
        for (key, value) in attributes.iter().filter(|(_, value)| !value.is_empty()) {
            let _ = write!(self.body, " {key}=\"{}\"", escape(value));
        }
        self.body.push_str(end);
        self
    }
}

/// Whether a character takes a full square: Chinese, Japanese, Korean and full-width signs.
pub fn is_wide(c: char) -> bool {
    matches!(u32::from(c), 0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe4f
        | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x20000..=0x3ffff)
}

/// Width of a text in a sans serif face, estimated on the safe side.
pub fn text_width(text: &str, size: f64) -> f64 {
    let em: f64 = text
        .chars()
        .map(|c| match c {
            c if is_wide(c) => 1.02,
            'i' | 'j' | 'l' | '\'' | '.' | ',' | ':' | ';' | '|' | '!' => 0.31,
            'f' | 't' | 'r' | '(' | ')' | '[' | ']' | ' ' | '-' | '/' | '\u{2009}' | 'I' | 'J' => 0.42,
            'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.95,
            c if c.is_uppercase() => 0.72,
            _ => 0.61,
        })
        .sum();
    em * size
}

/// The text in lines not wider than `width` where a break is possible: at spaces, and between Chinese characters.
///
/// At most `limit` lines; what is left stays on the last one.
pub fn wrap(text: &str, size: f64, width: f64, limit: usize) -> Vec<String> {
    // Pieces between which a line may break; a space belongs to the piece before it.
    let mut pieces: Vec<String> = Vec::new();
    let mut joined = false;
    for c in text.trim().chars() {
        let closing = "，。、；：！？）》」』”’％%)],.;:".contains(c);
        let opening = "（《「『“‘([".contains(c);
        let after_space = pieces.last().is_some_and(|piece| piece.ends_with(' '));
        let after_wide = pieces.last().and_then(|piece| piece.chars().last()).is_some_and(is_wide);
        let new = pieces.is_empty() || (!closing && !joined && (after_space || is_wide(c) || after_wide));
        match pieces.last_mut() {
            Some(last) if !new => last.push(c),
            _ => pieces.push(c.to_string()),
        }
        joined = opening;
    }
    let mut lines: Vec<String> = Vec::new();
    for piece in pieces {
        let fits = lines.last().is_some_and(|line| {
            text_width(line, size) + text_width(piece.trim_end(), size) <= width || lines.len() >= limit.max(1)
        });
        match lines.last_mut() {
            Some(line) if fits => line.push_str(&piece),
            _ => lines.push(piece),
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// As [`wrap`], but never wider than `width`: what does not fit into the lines is left out, and three dots say so.
pub fn fit(text: &str, size: f64, width: f64, limit: usize) -> Vec<String> {
    let mut lines = wrap(text, size, width, usize::MAX);
    let cut = lines.len() > limit.max(1);
    lines.truncate(limit.max(1));
    for (at, line) in lines.iter_mut().enumerate() {
        let dotted = cut && at + 1 == limit.max(1);
        let room = if dotted { width - text_width("…", size) } else { width };
        if dotted || text_width(line, size) > width {
            while !line.is_empty() && text_width(line, size) > room {
                line.pop();
            }
            line.truncate(line.trim_end_matches([' ', ',', '，', '、']).len());
            line.push('…');
        }
    }
    lines
}

/// As [`wrap`], with lines of about equal length: as narrow as the number of lines allows.
pub fn wrap_even(text: &str, size: f64, width: f64, limit: usize) -> Vec<String> {
    let mut best = wrap(text, size, width, limit);
    for step in 1..=10 {
        let narrower = wrap(text, size, width * (1.0 - f64::from(step) * 0.06), usize::MAX);
        if narrower.len() > best.len() {
            break;
        }
        best = narrower;
    }
    best
}

/// A rectangle that must stay clear of others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Left.
    pub left: f64,
    /// Top.
    pub top: f64,
    /// Right.
    pub right: f64,
    /// Bottom.
    pub bottom: f64,
}

impl Area {
    /// Around a centre.
    pub fn around(x: f64, y: f64, width: f64, height: f64) -> Area {
        Area { left: x - width / 2.0, top: y - height / 2.0, right: x + width / 2.0, bottom: y + height / 2.0 }
    }

    /// Whether the two share any ground.
    pub fn meets(&self, other: &Area) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    /// Whether a point lies in it.
    pub fn holds(&self, x: f64, y: f64) -> bool {
        x >= self.left && x <= self.right && y >= self.top && y <= self.bottom
    }

    /// Grown on every side.
    pub fn grown(&self, by: f64) -> Area {
        Area { left: self.left - by, top: self.top - by, right: self.right + by, bottom: self.bottom + by }
    }

    /// The least rectangle around both.
    pub fn joined(&self, other: &Area) -> Area {
        Area {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_stable() {
        for (value, text) in [(0.0, "0"), (-0.04, "0"), (1.25, "1.2"), (12.0, "12"), (100.06, "100.1"), (f64::NAN, "0")]
        {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn text_is_escaped() {
        let mut svg = Svg::new();
        svg.text(1.0, 2.0, "a", "<&\"'>");
        assert_eq!(svg.body(), "<text x=\"1\" y=\"2\" class=\"a\">&lt;&amp;&quot;&#39;&gt;</text>");
    }

    #[test]
    fn lines_break_where_people_break_them() {
        assert_eq!(wrap("Industry and innovation", 16.0, 120.0, 2), ["Industry and", "innovation"]);
        assert_eq!(wrap("非首都功能疏解，进展", 16.0, 115.0, 2), ["非首都功能疏", "解，进展"]);
        assert_eq!(wrap("功能（疏解）", 10.0, 31.0, 9), ["功能", "（疏", "解）"]);
        assert_eq!(fit("A line that is far too long for it", 10.0, 80.0, 2).len(), 2);
        for text in
            ["A line that is far too long for it", "Incomprehensibilities", "一行长得放不下的中文标题，还有更多"]
        {
            let lines = fit(text, 10.0, 60.0, 2);
            assert!(lines.last().is_some_and(|line| line.ends_with('…')), "{lines:?}");
            assert!(lines.iter().all(|line| text_width(line, 10.0) <= 60.0 + text_width("…", 10.0)), "{lines:?}");
        }
        assert_eq!((fit("short", 10.0, 80.0, 2), fit("", 10.0, 80.0, 2)), (vec!["short".to_owned()], vec![]));
        assert_eq!(wrap("", 16.0, 120.0, 2), Vec::<String>::new());
        assert_eq!(wrap_even("防洪水库与灌溉工程", 16.0, 115.0, 3), ["防洪水库与", "灌溉工程"]);
    }
}
