#include "toy/mail.h"

#include <algorithm>
#include <map>
#include <vector>

#include "toy/calendar.h"

namespace heed {
namespace {

// Slots in braces are filled from the tables below; the same slot has one value throughout a mail's matter, and each
// distracting sentence draws its own.
struct Matter {
  const char* subject;
  const char* wordings[3];
};
constexpr Matter kMatters[] = {
    {"Meeting with {name} on {date}",
     {"I would like to schedule a meeting with {name} on {date} at {time}.",
      "{name} has asked for a meeting on {date} at {time}.", "Could you join a meeting with {name} on {date}?"}},
    {"Meeting with {name} moved to {date}",
     {"The meeting with {name} has been moved to {date}.", "We have to move the meeting with {name} to {date}.",
      "Because of a conflict, {name} suggests that we meet on {date} instead."}},
    {"Meeting on {date} canceled",
     {"Unfortunately, we have to cancel the meeting on {date}.", "The meeting on {date} will not take place.",
      "Please remove the meeting on {date} from your calendar, as {name} cannot come."}},
    {"Payment of {amount} due on {date}",
     {"Please transfer {amount} to our account by {date}.", "This is a reminder that {amount} must be paid by {date}.",
      "Our records show an open balance of {amount}, which is due on {date}."}},
    {"Invoice from {company} over {amount}",
     {"{company} has sent us an invoice over {amount}.",
      "Attached you will find the invoice from {company} over {amount}.",
      "We have received a bill of {amount} from {company}."}},
    {"Payment of {amount} received from {company}",
     {"We have received {amount} from {company}.", "{company} has paid the full sum of {amount}.",
      "A transfer of {amount} from {company} arrived in our account."}},
    {"Report for {company} due on {date}",
     {"The report for {company} must be finished by {date}.", "{company} expects our report by {date}.",
      "Please send me the report for {company} no later than {date}."}},
    {"Delivery to {city} delayed until {date}",
     {"The delivery to {city} is delayed and will arrive on {date}.",
      "Our truck to {city} has broken down, so the goods will arrive on {date}.",
      "Customers in {city} will have to wait for their goods until {date}."}},
    {"Order of {count} {product} shipped to {city}",
     {"Your order of {count} {product} has been shipped to {city}.",
      "We have sent the {count} {product} that you ordered to {city}.",
      "The {count} {product} have left our warehouse and are on their way to {city}."}},
    {"Request for a quote: {count} {product}",
     {"Could you tell us the price of {count} {product}?", "We would like to order {count} {product} and need a quote.",
      "Please send us an offer for {count} {product}."}},
    {"Trip to {city} on {date}",
     {"I have booked your trip to {city} for {date}.", "You will travel to {city} on {date}.",
      "The flight to {city} leaves on {date} at {time}."}},
    {"{name} visits {city} on {date}",
     {"{name} will visit our office in {city} on {date}.", "On {date}, {name} is coming to see us in {city}.",
      "We are expecting {name} in {city} on {date}."}},
    {"Job interview with {name} on {date}",
     {"The job interview with {name} will be held on {date}.", "We have invited {name} to a job interview on {date}.",
      "{name} has applied for the position and will come for an interview on {date}."}},
    {"Contract with {company} signed",
     {"{company} has signed the contract.", "I am happy to say that we signed the contract with {company} today.",
      "After long talks the contract with {company} is finally signed."}},
    {"Price of {product} raised to {amount}",
     {"From next month the {product} will cost {amount} each.",
      "We have to raise the price of our {product} to {amount}.", "The new price of the {product} is {amount}."}},
    {"Training in {city} led by {name}",
     {"{name} will lead a training in {city}.", "There will be a training in {city}, and {name} will lead it.",
      "You are invited to a training with {name} in {city}."}},
    {"New office in {city} opens on {date}",
     {"Our new office in {city} will open on {date}.", "On {date} we will open a new office in {city}.",
      "The doors of our new office in {city} open on {date}."}},
    {"{name} leaves {company} on {date}",
     {"{name} will leave {company} on {date}.", "The last day of {name} at {company} is {date}.",
      "After many years {name} is leaving {company} on {date}."}},
};

constexpr const char* kDistractions[] = {
    "I hope you had a good weekend.",
    "The weather in {city} is lovely at the moment.",
    "Thank you for your help with the {product} last week.",
    "By the way, the parking lot will be closed on {date}.",
    "{name} sends kind regards.",
    "I was on holiday until {date}.",
    "The coffee machine on the second floor has been repaired for {amount}.",
    "As you may have heard, {name} has become a parent.",
    "We still have {count} {product} in the cellar.",
    "Please give my regards to {name}.",
    "The canteen will serve fish on {date}.",
    "I met an old friend from {company} yesterday.",
    "My phone was switched off all morning.",
    "Let me know if you have any questions.",
    "The party for {name} was wonderful, and we collected {amount}.",
    "I look forward to hearing from you.",
    "Everything else can wait until next week.",
    "My train from {city} was late again.",
};

constexpr const char* kTitles[] = {"Ms.", "Mr.", "Dr."};
constexpr const char* kSurnames[] = {"Weber",  "Miller", "Garcia", "Rossi",  "Novak",   "Smith",   "Larsen", "Dubois",
                                     "Tanaka", "Okafor", "Kowal",  "Brown",  "Fischer", "Nielsen", "Moreau", "Silva",
                                     "Wagner", "Clark",  "Lopez",  "Becker", "Hansen",  "Walker",  "Costa",  "Meyer"};
constexpr const char* kCompanies[] = {"Northwind",     "Alpen Bank",   "Blue Harbor",   "Stellar Foods",
                                      "Kranz Motors",  "Green Valley", "Orion Systems", "Baltic Steel",
                                      "Sunrise Media", "Delta Paper",  "Lindt & Sons",  "Metro Tools"};
constexpr const char* kCities[] = {"Berlin", "Paris",  "Madrid", "Vienna",  "Prague", "Lisbon",  "Dublin",
                                   "Oslo",   "Warsaw", "Rome",   "Hamburg", "Zurich", "Chicago", "Boston"};
constexpr const char* kProducts[] = {"desks",   "chairs", "lamps",   "printers",  "laptops", "monitors",
                                     "folders", "phones", "cameras", "keyboards", "tablets", "whiteboards"};
constexpr const char* kGreetings[] = {"Dear {name},", "Hello {name},", "Good morning {name},"};
constexpr const char* kSignatures[] = {"Best regards, {name}", "Kind regards, {name}", "Yours sincerely, {name}"};

std::string thousands(int amount) {
  if (amount < 1000) return std::to_string(amount);
  const std::string rest = std::to_string(amount % 1000);
  return std::to_string(amount / 1000) + "," + std::string(3 - rest.size(), '0') + rest;
}

std::string slot_value(Draws& draws, const std::string& slot) {
  if (slot == "name") return std::string(draws.pick(kTitles)) + " " + draws.pick(kSurnames);
  if (slot == "company") return draws.pick(kCompanies);
  if (slot == "city") return draws.pick(kCities);
  if (slot == "product") return draws.pick(kProducts);
  if (slot == "count") return std::to_string(draws.between(2, 200));
  if (slot == "amount") return "$" + thousands(10 * draws.between(5, 2000));
  if (slot == "time") return std::to_string(draws.between(1, 12)) + (draws.chance(50) ? " a.m." : " p.m.");
  const int month = draws.between(1, 12);  // date
  return english_month(month) + " " + std::to_string(draws.between(1, days_in_month(month)));
}

using Slots = std::map<std::string, std::string>;

std::string filled(Draws& draws, std::string_view pattern, Slots& slots) {
  std::string text;
  while (true) {
    const size_t open = pattern.find('{');
    text += pattern.substr(0, open);
    if (open == std::string_view::npos) return text;
    const size_t close = pattern.find('}', open);
    const std::string slot(pattern.substr(open + 1, close - open - 1));
    if (!slots.contains(slot)) slots[slot] = slot_value(draws, slot);
    text += slots[slot];
    pattern.remove_prefix(close + 1);
  }
}

// Has `sentence` every slot of `subject`?
bool names_slots_of(std::string_view subject, std::string_view sentence) {
  for (size_t at = subject.find('{'); at != std::string_view::npos; at = subject.find('{', at + 1)) {
    const std::string_view slot = subject.substr(at, subject.find('}', at) - at + 1);
    if (sentence.find(slot) == std::string_view::npos) return false;
  }
  return true;
}

template <class Table>
std::string fresh(Draws& draws, const Table& table) {
  Slots slots;
  return filled(draws, draws.pick(table), slots);
}

}  // namespace

Mail business_mail(Draws& draws) {
  const Matter& matter = draws.pick(kMatters);
  Slots slots;
  // A sentence that leaves a slot of the subject open would make the subject unguessable: draw among the others.
  const std::string_view wording = draws.pick_if(
      matter.wordings, [&](std::string_view candidate) { return names_slots_of(matter.subject, candidate); });
  const int count = draws.between(3, 6);
  const int position = draws.between(0, count - 1);
  Mail mail;
  mail.body = fresh(draws, kGreetings);
  std::vector<std::string> used;
  const auto is_unused = [&](const char* pattern) {
    return std::find(used.begin(), used.end(), pattern) == used.end();
  };
  for (int i = 0; i < count; ++i) {
    mail.body += ' ';
    if (i == position) {
      mail.body += filled(draws, wording, slots);
      continue;
    }
    used.emplace_back(draws.pick_if(kDistractions, is_unused));
    Slots own;
    mail.body += filled(draws, used.back(), own);
  }
  mail.body += ' ' + fresh(draws, kSignatures);
  mail.subject = filled(draws, matter.subject, slots);
  return mail;
}

}  // namespace heed
