//! How the values of cells are written: times, dates, addresses, codes.

use super::notice;
use jiff::civil::Date;
use umbel_core::Code;

/// A form that a text must have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// The finding when it has another.
    pub code: &'static Code,
    /// What it then is.
    pub complaint: &'static str,
    /// Whether it has the form.
    pub test: fn(&str) -> bool,
}

/// An address on the web.
pub(super) const URL: Form = Form {
    code: &notice::INVALID_URL,
    complaint: "not an address that begins with http:// or https://",
    test: |text| {
        let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
        rest.is_some_and(|rest| {
            let host = rest.split(['/', '?', '#']).next().unwrap_or("");
            !host.is_empty() && !rest.contains(char::is_whitespace)
        })
    },
};

/// An e-mail address.
pub(super) const EMAIL: Form = Form {
    code: &notice::INVALID_EMAIL,
    complaint: "not an e-mail address",
    test: |text| {
        text.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty()
                && host.contains('.')
                && !host.starts_with('.')
                && !host.ends_with('.')
                && !host.contains('@')
        }) && !text.contains(char::is_whitespace)
    },
};

/// A telephone number: numbers are written in too many ways to ask for more than a digit.
pub(super) const PHONE: Form = Form {
    code: &notice::INVALID_PHONE_NUMBER,
    complaint: "not a telephone number",
    test: |text| text.bytes().any(|byte| byte.is_ascii_digit()) || text.len() > 3,
};

/// A language code.
pub(super) const LANGUAGE: Form = Form {
    code: &notice::INVALID_LANGUAGE_CODE,
    complaint: "not a language code",
    test: |text| {
        let mut parts = text.split(['-', '_']);
        let first = parts.next().unwrap_or("");
        (2..=8).contains(&first.len())
            && first.bytes().all(|byte| byte.is_ascii_alphabetic())
            && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    },
};

/// A currency code.
pub(super) const CURRENCY: Form = Form {
    code: &notice::INVALID_CURRENCY,
    complaint: "not a currency code of three capital letters",
    test: |text| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()),
};

/// A time zone.
pub(super) const TIMEZONE: Form = Form {
    code: &notice::INVALID_TIMEZONE,
    complaint: "not a name of the time zone database",
    test: |text| jiff::tz::TimeZone::get(text).is_ok(),
};

/// Seconds of `H:MM:SS`, `HH:MM:SS` or `HHH:MM:SS`.
pub(super) fn parse_time(text: &[u8]) -> Option<i32> {
    let hours = text.len().checked_sub(6)?;
    let (head, tail) = text.split_at(hours);
    let digit = |byte: u8| byte.is_ascii_digit().then(|| i32::from(byte - b'0'));
    let &[b':', m1, m2, b':', s1, s2] = tail else { return None };
    if !(1..=3).contains(&hours) {
        return None;
    }
    let mut hour = 0;
    for &byte in head {
        hour = hour * 10 + digit(byte)?;
    }
    let (minute, second) = (digit(m1)? * 10 + digit(m2)?, digit(s1)? * 10 + digit(s2)?);
    (minute < 60 && second < 60).then_some(hour * 3600 + minute * 60 + second)
}

/// The date of `YYYYMMDD`.
pub(super) fn parse_date(text: &str) -> Option<Date> {
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Date::new(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_pass_midnight_and_reject_what_is_none() {
        let time = |text: &str| parse_time(text.as_bytes());
        assert_eq!(time("0:00:00"), Some(0));
        assert_eq!(time("25:10:05"), Some(90_605));
        assert_eq!(time("120:00:00"), Some(432_000));
        for wrong in
            ["", "8:5:00", "08:60:00", "08:05", "8:05:61", "-1:00:00", "x8:00:00", "1000:00:00", ":00:00", "ä:00:00"]
        {
            assert_eq!(time(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn dates_are_of_the_calendar() {
        assert_eq!(parse_date("20240229"), Date::new(2024, 2, 29).ok());
        assert_eq!([parse_date("20230229"), parse_date("2024-02-29"), parse_date("2024022")], [None, None, None]);
    }

    #[test]
    fn forms_take_what_is_right_and_leave_what_is_not() {
        for (form, right, wrong) in [
            (URL, "https://example.org/a?b=c", "www.example.org"),
            (EMAIL, "a.b@example.org", "a.b@example"),
            (LANGUAGE, "zh-Hans-CN", "Portuguese language"),
            (CURRENCY, "CNY", "yuan"),
            (TIMEZONE, "Asia/Shanghai", "Asia/Beijing"),
            (PHONE, "(51)3363-8000", "-"),
        ] {
            assert!((form.test)(right), "{right}");
            assert!(!(form.test)(wrong), "{wrong}");
        }
    }
}
