#include "toy/lexicon.h"

namespace heed {
namespace {

constexpr uint32_t kLiving = kPerson | kAnimal;
constexpr uint32_t kSolid = kGoods | kOpenable | kTransit | kRoom | kBuilding | kSurface;  // things of lasting shape

constexpr Adjective kAdjectives[] = {
    {"old", "older", "alt", "alt", "älter", kLiving | kSolid | kOutdoors, false},
    {"young", "younger", "jung", "jung", "jünger", kLiving, false},
    {"big", "bigger", "groß", "groß", "größer", kLiving | kSolid | kOutdoors | kFood, false},
    {"small", "smaller", "klein", "klein", "kleiner", kLiving | kSolid | kOutdoors | kFood, false},
    {"beautiful", "", "schön", "schön", "", kGoods | kRoom | kBuilding | kOutdoors | kEvent | kFemale, false},
    {"expensive", "", "teuer", "teur", "", kGoods | kFood | kDrink | kEvent, false},
    {"cheap", "cheaper", "billig", "billig", "billiger", kGoods | kFood | kDrink, false},
    {"heavy", "heavier", "schwer", "schwer", "schwerer", kPortable | kDevice | kSurface | kReadable, false},
    {"light", "lighter", "leicht", "leicht", "leichter", kPortable | kDevice | kClothes, false},
    {"dark", "darker", "dunkel", "dunkl", "dunkler", kRoom | kBuilding | kOutdoors, false},
    {"new", "newer", "neu", "neu", "neuer", kSolid, false},
    {"clean", "cleaner", "sauber", "sauber", "sauberer", kGoods | kRoom | kSurface | kOpenable, false},
    {"dirty", "dirtier", "schmutzig", "schmutzig", "schmutziger", kGoods | kRoom | kSurface | kAnimal, false},
    {"modern", "", "modern", "modern", "", kDevice | kVehicle | kRoom | kBuilding, false},
    {"quiet", "quieter", "ruhig", "ruhig", "ruhiger", kLiving | kRoom | kBuilding | kOutdoors, false},
    {"loud", "louder", "laut", "laut", "lauter", kDevice | kVehicle | kTransit | kEvent, false},
    {"broken", "", "kaputt", "kaputt", "", kPortable | kDevice | kVehicle, false},
    {"empty", "", "leer", "leer", "", kRoom | kBuilding | kTransit, false},
    {"full", "", "voll", "voll", "", kTransit | kRoom, false},
    {"long", "longer", "lang", "lang", "länger", kReadable | kEvent | kClothes, false},
    {"short", "shorter", "kurz", "kurz", "kürzer", kReadable | kEvent | kClothes, false},
    {"wide", "wider", "breit", "breit", "breiter", kOpenable | kSurface, false},
    {"narrow", "narrower", "schmal", "schmal", "schmaler", kOpenable | kSurface, false},
    {"hard", "harder", "hart", "hart", "härter", kFood, false},
    {"soft", "softer", "weich", "weich", "weicher", kFood | kClothes, false},
    {"warm", "warmer", "warm", "warm", "wärmer", kFood | kDrink | kClothes | kRoom, false},
    {"cold", "colder", "kalt", "kalt", "kälter", kFood | kDrink | kRoom, false},
    {"fresh", "fresher", "frisch", "frisch", "frischer", kFood | kDrink, false},
    {"sweet", "sweeter", "süß", "süß", "süßer", kFood | kDrink, false},
    {"delicious", "", "lecker", "lecker", "", kFood | kDrink, false},
    {"friendly", "friendlier", "freundlich", "freundlich", "freundlicher", kLiving, false},
    {"tired", "", "müde", "müd", "", kLiving, false},
    {"happy", "happier", "glücklich", "glücklich", "glücklicher", kLiving, false},
    {"sad", "sadder", "traurig", "traurig", "trauriger", kPerson | kReadable, false},
    {"rich", "richer", "reich", "reich", "reicher", kPerson, false},
    {"poor", "poorer", "arm", "arm", "ärmer", kPerson, false},
    {"sick", "", "krank", "krank", "", kLiving, false},
    {"healthy", "healthier", "gesund", "gesund", "gesünder", kLiving, false},
    {"clever", "cleverer", "klug", "klug", "klüger", kLiving, false},
    {"famous", "", "berühmt", "berühmt", "", kPerson | kReadable | kBuilding, false},
    {"strong", "stronger", "stark", "stark", "stärker", kLiving, false},
    {"weak", "weaker", "schwach", "schwach", "schwächer", kLiving, false},
    {"brave", "braver", "mutig", "mutig", "mutiger", kLiving, false},
    {"lazy", "lazier", "faul", "faul", "fauler", kLiving, false},
    {"polite", "politer", "höflich", "höflich", "höflicher", kPerson, false},
    {"angry", "angrier", "wütend", "wütend", "wütender", kLiving, false},
    {"hungry", "hungrier", "hungrig", "hungrig", "hungriger", kLiving, false},
    {"nervous", "", "nervös", "nervös", "", kPerson, false},
    {"patient", "", "geduldig", "geduldig", "", kPerson, false},
    {"careful", "", "vorsichtig", "vorsichtig", "", kPerson, false},
    {"important", "", "wichtig", "wichtig", "", kReadable | kEvent, false},
    {"interesting", "", "interessant", "interessant", "", kReadable | kEvent | kOutdoors | kBuilding, false},
    {"boring", "", "langweilig", "langweilig", "", kReadable | kEvent, false},
    {"difficult", "", "schwierig", "schwierig", "", kEvent | kReadable, false},
    {"strange", "stranger", "seltsam", "seltsam", "seltsamer", kPerson | kReadable | kEvent, false},
    {"dangerous", "", "gefährlich", "gefährlich", "", kAnimal | kVehicle | kOutdoors, false},
    {"wonderful", "", "wunderbar", "wunderbar", "", kEvent | kOutdoors | kReadable, false},
    {"secret", "", "geheim", "geheim", "", kReadable | kEvent, false},
    {"successful", "", "erfolgreich", "erfolgreich", "", kPerson | kEvent, false},
    {"red", "", "rot", "rot", "", kGoods | kOpenable | kSurface, true},
    {"blue", "", "blau", "blau", "", kGoods | kOpenable | kSurface, true},
    {"green", "", "grün", "grün", "", kGoods | kOpenable | kSurface | kTransit, true},
    {"yellow", "", "gelb", "gelb", "", kGoods | kTransit | kOpenable, true},
    {"black", "", "schwarz", "schwarz", "", kGoods | kSurface | kAnimal, true},
    {"white", "", "weiß", "weiß", "", kGoods | kBuilding | kSurface | kAnimal, true},
    {"brown", "", "braun", "braun", "", kGoods | kSurface | kAnimal, true},
    {"gray", "", "grau", "grau", "", kGoods | kSurface | kAnimal | kBuilding, true},
};

}  // namespace

std::span<const Adjective> adjectives() { return kAdjectives; }

}  // namespace heed
