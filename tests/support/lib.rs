//! Actors of the journeys: browser, phone, relying party, operator.
