//! The colours of `style/tokens.css` keep the contrast they promise: recomputed from the file by the WCAG formula.

use std::collections::BTreeMap;

const TEXT: f64 = 4.5;
const GRAPHICS: f64 = 3.0;
const SURFACES: [&str; 4] = ["bg", "surface", "raised", "hover"];
const STATES: [&str; 9] = [
    "state-pending",
    "state-scheduled",
    "state-received",
    "state-started",
    "state-success",
    "state-failure",
    "state-retry",
    "state-revoked",
    "state-rejected",
];

type Rgb = [f64; 3];

/// The colours of one theme by token name, and the share of a badge's tint.
struct Theme {
    name: &'static str,
    colours: BTreeMap<String, Rgb>,
    tint: f64,
}

impl Theme {
    fn colour(&self, token: &str) -> Rgb {
        *self.colours.get(token).unwrap_or_else(|| panic!("tokens.css has no --{token}"))
    }

    /// Asserts that `front` keeps `least` on `back`, and says which pair does not.
    fn demand(&self, least: f64, front: &str, back_name: &str, back: Rgb) {
        let ratio = contrast(self.colour(front), back);
        assert!(ratio >= least, "{}: --{front} on {back_name} is {ratio:.2}, needs {least}", self.name);
    }
}

fn themes() -> [Theme; 2] {
    let css = include_str!("../../style/tokens.css");
    let mut light = BTreeMap::new();
    let mut dark = BTreeMap::new();
    for line in css.lines() {
        let Some((name, value)) = line.trim().strip_prefix("--").and_then(|line| line.split_once(": "))
        else {
            continue;
        };
        let pair = value.strip_prefix("light-dark(").and_then(|rest| rest.strip_suffix(");"));
        if let Some((first, second)) = pair.and_then(|pair| pair.split_once(", ")) {
            light.insert(name.to_owned(), parse(first));
            dark.insert(name.to_owned(), parse(second));
        }
    }
    let tints: Vec<f64> = css
        .lines()
        .filter_map(|line| line.trim().strip_prefix("color-mix(in srgb, currentColor "))
        .filter_map(|rest| rest.split_once('%'))
        .map(|(percent, _)| percent.parse::<f64>().expect("a tint is a number of per cent") / 100.0)
        .collect();
    let [light_tint, dark_tint] = tints[..] else { panic!("--tint has a light and a dark share: {tints:?}") };
    [
        Theme { name: "light", colours: light, tint: light_tint },
        Theme { name: "dark", colours: dark, tint: dark_tint },
    ]
}

fn parse(hex: &str) -> Rgb {
    let digits = hex.strip_prefix('#').filter(|digits| digits.len() == 6).expect("colours are #rrggbb");
    let channel =
        |at: usize| f64::from(u8::from_str_radix(&digits[at..at + 2], 16).expect("hex digits")) / 255.0;
    [channel(0), channel(2), channel(4)]
}

fn mix(front: Rgb, back: Rgb, share: f64) -> Rgb {
    std::array::from_fn(|i| front[i] * share + back[i] * (1.0 - share))
}

fn luminance(colour: Rgb) -> f64 {
    let [r, g, b] = colour.map(|c| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn the_formula_agrees_with_known_pairs() {
    assert!((contrast(parse("#000000"), parse("#ffffff")) - 21.0).abs() < 1e-9);
    assert!((contrast(parse("#767676"), parse("#ffffff")) - 4.54).abs() < 0.01);
}

#[test]
fn text_reads_on_every_surface() {
    for theme in themes() {
        for surface in SURFACES {
            for text in ["fg", "fg-muted", "accent"] {
                theme.demand(TEXT, text, surface, theme.colour(surface));
            }
        }
    }
}

#[test]
fn states_read_on_every_surface_and_on_their_own_tint() {
    for theme in themes() {
        for surface in SURFACES {
            let back = theme.colour(surface);
            for state in STATES {
                theme.demand(TEXT, state, surface, back);
                let tinted = mix(theme.colour(state), back, theme.tint);
                theme.demand(TEXT, state, &format!("its tint over {surface}"), tinted);
            }
        }
    }
}

#[test]
fn buttons_read_on_accent_and_danger() {
    for theme in themes() {
        theme.demand(TEXT, "on-accent", "accent", theme.colour("accent"));
        theme.demand(TEXT, "on-accent", "state-failure", theme.colour("state-failure"));
    }
}

#[test]
fn borders_of_controls_and_focus_are_seen() {
    for theme in themes() {
        for surface in SURFACES {
            for line in ["border-strong", "focus"] {
                theme.demand(GRAPHICS, line, surface, theme.colour(surface));
            }
        }
    }
}
