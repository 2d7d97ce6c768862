//! On which days a service runs, and which days a feed covers.

use super::feed::Feed;
use super::model::Service;
use jiff::civil::Date;

impl Service {
    /// Whether trips of the service run on a day.
    pub fn runs_on(&self, date: Date) -> bool {
        if self.removed.binary_search(&date).is_ok() {
            return false;
        }
        let weekday = date.weekday().to_monday_zero_offset();
        let weekly =
            self.weekdays & (1 << weekday) != 0 && self.span.is_some_and(|(first, last)| first <= date && date <= last);
        weekly || self.added.binary_search(&date).is_ok()
    }

    /// The first and last day on which it runs; `None` when there is none. Spans of more than 20 years are looked at
    /// from both ends only.
    pub fn days(&self) -> Option<(Date, Date)> {
        let weekly = self.span.and_then(|(first, last)| {
            // In any 400 days a weekday with no exception is met, if the pattern runs at all.
            let near = |date: Date, forward: bool| {
                let mut at = date;
                for _ in 0..7_500 {
                    if at < first || at > last {
                        return None;
                    }
                    if self.runs_on(at) {
                        return Some(at);
                    }
                    at = if forward { at.tomorrow().ok()? } else { at.yesterday().ok()? };
                }
                None
            };
            near(first, true).zip(near(last, false))
        });
        let added = self.added.iter().copied().filter(|&date| self.runs_on(date));
        let all = added.chain(weekly.into_iter().flat_map(|(first, last)| [first, last]));
        all.fold(None, |held: Option<(Date, Date)>, date| {
            Some(held.map_or((date, date), |(first, last)| (first.min(date), last.max(date))))
        })
    }
}

impl Feed {
    /// The first and last day on which a trip runs that can be travelled with.
    pub fn days(&self) -> Option<(Date, Date)> {
        let mut used = vec![false; self.services.len()];
        for trip in self.trips.iter().filter(|trip| trip.usable) {
            if let Some(used) = used.get_mut(trip.service as usize) {
                *used = true;
            }
        }
        let services = self.services.iter().zip(&used).filter(|&(_, &used)| used);
        services.filter_map(|(service, _)| service.days()).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        super::super::forms::parse_date(text).expect("a date")
    }

    #[test]
    fn exceptions_win_over_the_weekly_pattern() {
        let service = Service {
            weekdays: 0b001_1111,
            span: Some((date("20190415"), date("20190715"))),
            added: vec![date("20190421")],
            removed: vec![date("20190415"), date("20190715")],
            ..Service::default()
        };
        let runs = |text: &str| service.runs_on(date(text));
        assert!(runs("20190416") && runs("20190421") && !runs("20190420") && !runs("20190415") && !runs("20190716"));
        assert_eq!(service.days(), Some((date("20190416"), date("20190712"))));
    }

    #[test]
    fn a_service_that_never_runs_has_no_days() {
        let service = Service { weekdays: 1, span: Some((date("20190514"), date("20190519"))), ..Service::default() };
        assert_eq!(service.days(), None);
        assert_eq!(Service { span: None, ..service }.days(), None);
    }
}
