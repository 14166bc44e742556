import 'dart:math';
import 'dart:typed_data';

import 'package:bip39_mnemonic/bip39_mnemonic.dart';
import 'package:flutter/services.dart';

const channel = MethodChannel('org.heron.wallet/vault');

Mnemonic newPhrase() {
  final random = Random.secure();
  final entropy = Uint8List.fromList(List.generate(32, (_) => random.nextInt(256)));
  return Mnemonic(entropy, Language.english);
}

Future<int> create() async {
  final phrase = newPhrase();
  await channel.invokeMethod('keep', {'phrase': phrase.sentence});
  return phrase.words.length;
}

Future<void> copyAddress(String address) => Clipboard.setData(ClipboardData(text: address));
