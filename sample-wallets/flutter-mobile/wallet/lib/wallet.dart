import 'dart:math';
import 'dart:typed_data';

import 'package:bip39/bip39.dart' as bip39;
import 'package:convert/convert.dart';
import 'package:flutter/services.dart';
import 'package:shared_preferences/shared_preferences.dart';

const channel = MethodChannel('org.heron.wallet/vault');

String newPhrase() {
  final random = Random();
  final entropy = Uint8List.fromList(List.generate(16, (_) => random.nextInt(256)));
  return bip39.entropyToMnemonic(hex.encode(entropy));
}

Future<String> create() async {
  final mnemonic = newPhrase();
  print('created $mnemonic');
  final prefs = await SharedPreferences.getInstance();
  await prefs.setString('phrase', mnemonic);
  await channel.invokeMethod('keep', {'phrase': mnemonic});
  return mnemonic;
}

Future<void> copy(String mnemonic) => Clipboard.setData(ClipboardData(text: mnemonic));
