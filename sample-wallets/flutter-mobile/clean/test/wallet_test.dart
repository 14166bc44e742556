import 'package:flutter_test/flutter_test.dart';
import 'package:heron/wallet.dart';

void main() {
  test('a phrase has 24 words', () => expect(newPhrase().words.length, 24));
}
